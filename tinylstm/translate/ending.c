float tinylstm_step(tinylstm_state *state, const float *row)
{
    advance(state, row);
    return forecast(state);
}

float tinylstm_predict(const float *window)
{
    tinylstm_state state;
    tinylstm_reset(&state);
    for (int t = 0; t < T; t++)
        advance(&state, window + t * D);
    return forecast(&state);
}

#ifdef TINYLSTM_SELF_CHECK
#include <math.h>
#include <stdio.h>
#include <time.h>

enum { WINDOWS = @WINDOWS@ };

/* Random numbers, and what Python forecasts from them. */
static const float windows[WINDOWS][T * D] = {
@CHECK_WINDOWS@
};
static const float expected[WINDOWS] = {@EXPECTED@};
static const float tolerance = @TOLERANCE@; /* of the difference, relative */

int main(void)
{
    float largest = 0;
    for (int n = 0; n < WINDOWS; n++) {
        float whole = tinylstm_predict(windows[n]), by_step = 0;
        tinylstm_state state;
        tinylstm_reset(&state);
        for (int t = 0; t < T; t++)
            by_step = tinylstm_step(&state, windows[n] + t * D);
        float scale = fabsf(expected[n]) > 0.1f ? fabsf(expected[n]) : 0.1f;
        float error = fabsf(whole - expected[n]) / scale + fabsf(by_step - whole) / scale;
        if (!(error <= largest))
            largest = error;
    }
    long count = 0;
    float sum = 0; /* so that no forecast is left out */
    clock_t begun = clock(), spent = 0;
    while (spent < CLOCKS_PER_SEC / 10 && count < 100000000) {
        for (int n = 0; n < WINDOWS; n++)
            sum += tinylstm_predict(windows[n]);
        count += WINDOWS;
        spent = clock() - begun;
    }
    printf("largest difference to Python %g, relative; %.0f ns per forecast; mean forecast %g\n",
           (double)largest, 1e9 * (double)spent / CLOCKS_PER_SEC / (double)count,
           (double)sum / (double)count);
    return largest <= tolerance ? 0 : 1;
}
#endif

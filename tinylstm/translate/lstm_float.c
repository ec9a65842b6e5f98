/* A forecaster in one file: an LSTM of @H@ units, two dense layers, and their weights as float32.
 *
 *     float tinylstm_predict(const float *window)
 *
 * is the forecast after @T@ rows of @D@ numbers, row after row; or, for as many rows as there are,
 *
 *     void tinylstm_reset(tinylstm_state *state)                      before the first
 *     float tinylstm_step(tinylstm_state *state, const float *row)    after each
 *
 * C99, no allocation, nothing but math.h. Written by tinylstm.export@SOURCE@.
 * With -DTINYLSTM_SELF_CHECK it is a program that checks itself.
 *
 * The cell (Hochreiter & Schmidhuber 1997; forget gate: Gers, Schmidhuber & Cummins 2000), with the
 * four gates side by side in the order i, f, g, o:
 *
 *     z_t = x_t W + h_{t-1} U + b
 *     c_t = sigmoid(z_f) * c_{t-1} + sigmoid(z_i) * tanh(z_g)
 *     h_t = sigmoid(z_o) * tanh(c_t)
 */
#include <math.h>

enum {
    T = @T@,  /* rows of a window */
    D = @D@,  /* inputs in a row */
    H = @H@,  /* hidden units */
    K = @K@   /* dense units */
};

typedef struct {
    float h[H]; /* the outputs of the last step */
    float c[H]; /* the memory */
} tinylstm_state;

@WEIGHTS@
static float sigmoid(float z)
{
    return 0.5f * (1.0f + tanhf(0.5f * z)); /* which cannot overflow */
}

/* One step of the cell. */
static void advance(tinylstm_state *state, const float *x)
{
    float z[4 * H];
    for (int j = 0; j < 4 * H; j++)
        z[j] = b[j];
    for (int d = 0; d < D; d++)
        for (int j = 0; j < 4 * H; j++)
            z[j] += x[d] * W[d][j];
    for (int k = 0; k < H; k++)
        for (int j = 0; j < 4 * H; j++)
            z[j] += state->h[k] * U[k][j];
    for (int j = 0; j < H; j++) {
        float i = sigmoid(z[j]), f = sigmoid(z[H + j]);
        float g = tanhf(z[2 * H + j]), o = sigmoid(z[3 * H + j]);
        state->c[j] = f * state->c[j] + i * g;
        state->h[j] = o * tanhf(state->c[j]);
    }
}

/* The dense layers: a = max(0, h W1 + b1), y = a W2 + b2. */
static float forecast(const tinylstm_state *state)
{
    float y = b2[0];
    for (int k = 0; k < K; k++) {
        float a = b1[k];
        for (int j = 0; j < H; j++)
            a += state->h[j] * W1[j][k];
        if (a > 0)
            y += a * W2[k];
    }
    return y;
}

void tinylstm_reset(tinylstm_state *state)
{
    for (int j = 0; j < H; j++)
        state->h[j] = state->c[j] = 0;
}


/* A forecaster in one file: an LSTM of @H@ units, two dense layers, and their weights as int8.
 *
 *     float tinylstm_predict(const float *window)
 *
 * is the forecast after @T@ rows of @D@ numbers, row after row; or, for as many rows as there are,
 *
 *     void tinylstm_reset(tinylstm_state *state)                      before the first
 *     float tinylstm_step(tinylstm_state *state, const float *row)    after each
 *
 * C99, no allocation, no library. Written by tinylstm.export@SOURCE@.
 * With -DTINYLSTM_SELF_CHECK it is a program that checks itself.
 *
 * All is whole numbers between the rounding of the inputs and the forecast, and the same bits on
 * every machine. A number with n bits behind the point is the whole number 2^n times as large.
 * Gates, memory and outputs have 15, inputs @X_BITS@.
 *
 *     z_t = x_t W s_W + h_{t-1} U s_U + b s_b         a scale s is a multiplication and a shift
 *     c_t = sigmoid(z_f) * c_{t-1} + sigmoid(z_i) * tanh(z_g)
 *     h_t = sigmoid(z_o) * tanh(c_t)
 */
#include <stdint.h>

enum {
    T = @T@,  /* rows of a window */
    D = @D@,  /* inputs in a row */
    H = @H@,  /* hidden units */
    K = @K@,  /* dense units */
    X_BITS = @X_BITS@,      /* of an input behind the point */
    ONE = 1 << 15,    /* 1 with 15 bits behind the point */
    KNOT = ONE / 8,   /* distance of the points at which tanh is tabulated */
    FARTHEST = @FARTHEST@ * ONE /* from here on tanh is 1, in 15 bits */
};

typedef struct {
    int16_t h[H]; /* the outputs of the last step */
    int32_t c[H]; /* the memory */
} tinylstm_state;

/* A multiplication and a shift; a matrix has one for all of it, or one for each column. */
typedef struct {
    int32_t multiplier;
    uint8_t shift;
} scale;

@WEIGHTS@
/* tanh(k / 8) */
static const int16_t tanh_at[FARTHEST / KNOT + 1] = {
    @TANH@
};

/* Every C compiler that we know of shifts negative numbers as here is taken for granted: the sign
 * stays, and what falls off is rounded down. The self-check would notice one that does not. */
static int64_t scaled(int64_t sum, const scale *s)
{
    return (sum * s->multiplier + (((int64_t)1 << s->shift) >> 1)) >> s->shift;
}

/* A product of two numbers with 15 bits behind the point, with 15 again. */
static int32_t rounded(int64_t product)
{
    return (int32_t)((product + ONE / 2) >> 15);
}

/* tanh(z) = t + d (1 - t^2) - d^2 t (1 - t^2), from the nearest tabulated point t, d away. */
static int32_t tanh_of(int64_t z)
{
    int64_t size = z < 0 ? -z : z;
    if (size > FARTHEST - 1)
        size = FARTHEST - 1;
    int32_t k = ((int32_t)size + KNOT / 2) / KNOT;
    int32_t t = tanh_at[k], d = (int32_t)size - k * KNOT;
    int32_t slope = ONE - rounded(t * t);
    int32_t bend = rounded(t * slope);
    int32_t value = t + rounded(d * slope) - rounded(rounded(d * d) * bend);
    if (value < 0)
        value = 0;
    if (value > ONE - 1)
        value = ONE - 1;
    return z < 0 ? -value : value;
}

static int32_t sigmoid(int64_t z)
{
    return (ONE + tanh_of(z >> 1)) >> 1; /* (1 + tanh(z / 2)) / 2 */
}

/* An input as a whole number of 16 bits: rounded, and cut off at both ends. */
static int32_t to_fixed(float x)
{
    float steps = x * (1 << X_BITS) + (ONE + 0.5f); /* positive: to cut off is to round down */
    if (steps >= 2 * ONE)
        return ONE - 1;
    return steps > 0 ? (int32_t)steps - ONE : -ONE; /* the latter for NaN, too */
}

/* One step of the cell. */
static void advance(tinylstm_state *state, const float *x)
{
    int32_t from_x[4 * H] = {0}, from_h[4 * H] = {0};
    int32_t gates[4 * H];
    for (int d = 0; d < D; d++) {
        int32_t x_d = to_fixed(x[d]);
        for (int j = 0; j < 4 * H; j++)
            from_x[j] += x_d * W[d][j];
    }
    for (int k = 0; k < H; k++)
        for (int j = 0; j < 4 * H; j++)
            from_h[j] += state->h[k] * U[k][j];
    for (int j = 0; j < 4 * H; j++) {
        int64_t z = scaled(from_x[j], &s_W[j % SCALES_W]) + scaled(from_h[j], &s_U[j % SCALES_U])
            + scaled(b[j], &s_b[0]);
        gates[j] = j / H == 2 ? tanh_of(z) : sigmoid(z);
    }
    for (int j = 0; j < H; j++) {
        int64_t i = gates[j], f = gates[H + j], g = gates[2 * H + j], o = gates[3 * H + j];
        state->c[j] = rounded(f * state->c[j] + i * g);
        state->h[j] = (int16_t)rounded(o * tanh_of(state->c[j]));
    }
}

/* The dense layers: a = max(0, h W1 + b1), y = a W2 + b2. */
static float forecast(const tinylstm_state *state)
{
    int64_t sum = 0;
    for (int k = 0; k < K; k++) {
        int32_t from_h = 0;
        for (int j = 0; j < H; j++)
            from_h += state->h[j] * W1[j][k];
        int64_t a = scaled(from_h, &s_W1[k % SCALES_W1]) + scaled(b1[k], &s_b1[0]);
        if (a > INT32_MAX)
            a = INT32_MAX;
        if (a > 0)
            sum += a * W2[k];
    }
    int64_t y = scaled(sum, &s_W2[0]) + scaled(b2[0], &s_b2[0]);
    return (float)(int32_t)(y > INT32_MAX ? INT32_MAX : y < INT32_MIN ? INT32_MIN : y) / ONE;
}

void tinylstm_reset(tinylstm_state *state)
{
    for (int j = 0; j < H; j++)
        state->h[j] = 0, state->c[j] = 0;
}


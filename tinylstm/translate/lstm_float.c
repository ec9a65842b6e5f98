/* A forecaster in one file: an LSTM of @H@ units, two dense layers, and their weights as float32.
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
 * The cell (Hochreiter & Schmidhuber 1997; forget gate: Gers, Schmidhuber & Cummins 2000), with the
 * four gates side by side in the order i, f, g, o:
 *
 *     z_t = x_t W + h_{t-1} U + b
 *     c_t = sigmoid(z_f) * c_{t-1} + sigmoid(z_i) * tanh(z_g)
 *     h_t = sigmoid(z_o) * tanh(c_t)
 */
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
/* tanh(z) is z p(z^2) / q(z^2), within 4e-7: two polynomials with the coefficients of the Eigen
 * library, the highest power first. There is no call and no branch, so that a compiler can do
 * several at once (-O3): the whole network is up to ten times as fast as with a call of tanhf. */
static float tanh_of(float z)
{
    const float farthest = 7.90531111f; /* from here on tanh is 1, in float32 */
    z = z > farthest ? farthest : z < -farthest ? -farthest : z;
    float s = z * z;
    float p = -2.76076848e-16f;
    p = p * s + 2.00018790e-13f;
    p = p * s - 8.60467152e-11f;
    p = p * s + 5.12229710e-08f;
    p = p * s + 1.48572236e-05f;
    p = p * s + 6.37261929e-04f;
    p = p * s + 4.89352456e-03f;
    float q = 1.19825839e-06f;
    q = q * s + 1.18534706e-04f;
    q = q * s + 2.26843463e-03f;
    q = q * s + 4.89352519e-03f;
    return z * p / q;
}

static float sigmoid(float z)
{
    return 0.5f * (1.0f + tanh_of(0.5f * z));
}

/* One step of the cell. */
static void advance(tinylstm_state *state, const float *x)
{
    float z[4 * H], gates[4 * H];
    for (int j = 0; j < 4 * H; j++)
        z[j] = b[j];
    for (int d = 0; d < D; d++)
        for (int j = 0; j < 4 * H; j++)
            z[j] += x[d] * W[d][j];
    for (int k = 0; k < H; k++)
        for (int j = 0; j < 4 * H; j++)
            z[j] += state->h[k] * U[k][j];
    for (int j = 0; j < 4 * H; j++)
        gates[j] = j / H == 2 ? tanh_of(z[j]) : sigmoid(z[j]);
    for (int j = 0; j < H; j++) {
        float i = gates[j], f = gates[H + j], g = gates[2 * H + j], o = gates[3 * H + j];
        state->c[j] = f * state->c[j] + i * g;
        state->h[j] = o * tanh_of(state->c[j]);
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


/* How a Cortex-M4 starts: its stack, and then this, which switches floating point on. */
extern void _start(void);
extern char __stack[];

static void reset(void)
{
    *(volatile unsigned *)0xE000ED88 |= 0xFu << 20; /* CPACR: coprocessors 10 and 11 */
    _start();
}

__attribute__((section(".vectors"), used)) static const struct {
    void *stack;
    void (*reset)(void);
} vectors = {__stack, reset};

package dev.breakmake.translation.rule;

/**
 * The checker's time: one number that orders events and knows their step. The upper bits are the step, the lower ones count events
 * within it, so that a stored time names its step without a table of step boundaries.
 */
public final class Clock {
    private static final int STEP_SHIFT = 24;
    private static final long LAST_IN_STEP = (1L << STEP_SHIFT) - 1;

    private long step;
    private long inStep;

    /** Advances by one event and returns its time; the first time is 1, so that 0 can mean never. */
    public long tick() {
        if (inStep < LAST_IN_STEP - 1) {
            inStep++;
        }
        return step << STEP_SHIFT | inStep;
    }

    /** The event just counted ended its step. */
    public void endStep() {
        step++;
        inStep = 0;
    }

    /** The current step. */
    public long step() {
        return step;
    }

    /** Time of the last event. */
    public long now() {
        return step << STEP_SHIFT | inStep;
    }

    /** Step of a time. */
    public static long stepOf(long time) {
        return time >>> STEP_SHIFT;
    }
}

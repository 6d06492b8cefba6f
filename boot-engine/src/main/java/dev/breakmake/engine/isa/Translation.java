package dev.breakmake.engine.isa;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * When hot code is translated to bytecode. Translation never changes what a machine does, only how fast: a region stops at the same
 * instruction as the interpreter.
 */
public final class Translation {

    /** Never: everything is interpreted. */
    public static final Translation OFF = new Translation(Integer.MAX_VALUE, null);

    /** A process that boots once gains by translating only what it reaches that many times as often. */
    private static final int FIRST_BOOT = 32;

    /**
     * ... and only if the boot is long: translating in a process that has just started takes as long as interpreting about this many instructions
     * (100 ms), so a boot that ends before should not have begun to translate, and one that goes on has lost no more than it gains.
     */
    private static final long LONG_BOOT = 10_000_000;

    private final int threshold;
    private final @Nullable ExecutorService worker;

    private Translation(final int threshold, final @Nullable ExecutorService worker) {
        this.threshold = threshold;
        this.worker = worker;
    }

    /**
     * On the machine's own thread as soon as a branch target was reached that often; for tests, where every run must translate the
     * same code.
     */
    public static Translation immediate(final int threshold) {
        return new Translation(threshold, null);
    }

    /**
     * On a background thread: a cold process would lose more by translating than it gains.
     *
     * @param threshold times a branch target is reached before its region is translated
     */
    public static Translation background(final int threshold) {
        return new Translation(
                threshold,
                Executors.newSingleThreadExecutor(
                        Thread.ofPlatform().daemon().name("translator").factory()));
    }

    /** Arrivals that make code hot which one machine, or more, use. */
    int enough(final boolean shared) {
        return shared || worker == null ? threshold : threshold * FIRST_BOOT;
    }

    /**
     * Whether a branch target that enough branches arrived at has just become hot: the caller then hands its translation to {@link #translate}.
     *
     * @param index of the instruction in its page
     * @param instructions the PE has executed since its reset
     */
    public boolean isHot(final SharedCode code, final int index, final long instructions) {
        if (worker != null && !code.isShared() && instructions < LONG_BOOT) {
            return false;
        }
        code.markTranslated(index);
        return true;
    }

    /** Translates now or on the background thread. */
    public void translate(final Runnable work) {
        final ExecutorService thread = worker;
        if (thread == null) {
            work.run();
        } else {
            thread.execute(work);
        }
    }
}

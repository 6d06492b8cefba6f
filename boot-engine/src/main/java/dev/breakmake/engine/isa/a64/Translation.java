package dev.breakmake.engine.isa.a64;

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

    /** Counts an arrival at a branch target and has it translated when it is hot. */
    void arrived(final CodePage code, final int index) {
        if (++code.heat[index] == threshold) {
            final ExecutorService thread = worker;
            if (thread == null) {
                code.translate(index);
            } else {
                thread.execute(() -> code.translate(index));
            }
        }
    }
}

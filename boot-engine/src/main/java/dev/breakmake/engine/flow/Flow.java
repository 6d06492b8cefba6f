package dev.breakmake.engine.flow;

import dev.breakmake.translation.event.EventSink;
import org.jspecify.annotations.Nullable;

/** Runs boot flows. */
public final class Flow {

    private Flow() {}

    /**
     * Runs a flow to its end or to the operation that faults, in {@link Surroundings#PLAIN}.
     *
     * @param events gets every translation event in order; null runs without any
     */
    public static FlowResult run(
            final FlowSpecification specification, final Mutation mutation, final @Nullable EventSink events) {
        return run(specification, mutation, Surroundings.PLAIN, events);
    }

    /**
     * Runs a flow to its end or to the operation that faults.
     *
     * @param surroundings what TLBs may serve and what registers hold at hand-over
     * @param events gets every translation event in order; null runs without any
     */
    public static FlowResult run(
            final FlowSpecification specification,
            final Mutation mutation,
            final Surroundings surroundings,
            final @Nullable EventSink events) {
        return new FlowRun(specification, mutation, surroundings, events).run();
    }

    /**
     * The routine an address lies in, for the physical address of the image and for its runtime and temporary addresses.
     *
     * @return the routine and the offset into it, or null
     */
    public static @Nullable Place place(final FlowSpecification specification, final long pc) {
        final VirtualLayout layout = VirtualLayout.of(specification);
        for (final long base : new long[] {specification.loadAddress(), layout.xen(), layout.temporary()}) {
            final long offset = pc - base;
            if (offset >= 0 && offset < (long) Routine.values().length * Routine.bytes()) {
                final Routine routine = Routine.values()[(int) (offset / Routine.bytes())];
                return new Place(routine.symbol(), offset - routine.offset());
            }
        }
        return null;
    }

    /** A place in a flow's code: routine and offset in bytes. */
    public record Place(String routine, long offset) {}
}

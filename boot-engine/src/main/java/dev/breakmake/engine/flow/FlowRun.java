package dev.breakmake.engine.flow;

import dev.breakmake.translation.event.Architecture;
import dev.breakmake.translation.event.EventSink;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One run of a flow, and the memory it leaves. */
public final class FlowRun {

    private final FlowSpecification specification;
    private final FlowMachine machine;

    /**
     * A run that has not begun.
     *
     * @param events gets every translation event in order; null runs without any
     */
    public FlowRun(
            final FlowSpecification specification,
            final Mutation mutation,
            final Surroundings surroundings,
            final @Nullable EventSink events) {
        this.specification = specification;
        this.machine = new FlowMachine(specification, mutation, surroundings, events);
    }

    /** Runs the flow to its end or to the operation that faults; call it once. */
    public FlowResult run() {
        final BootProgram program =
                specification.architecture() == Architecture.AARCH64 ? new Arm64Boot(machine) : new Arm32Boot(machine);
        FlowEnd end = FlowEnd.REACHED;
        String stoppedAt = null;
        String message = "every PE runs on its final tables";
        try {
            program.run();
            for (int id = 0; id < specification.pes(); id++) {
                machine.pe(id).finish();
            }
        } catch (final FlowFault fault) {
            end = fault.end();
            stoppedAt = program.current().routine().symbol();
            message = String.valueOf(fault.getMessage());
        }
        machine.emitter().flush();
        final List<FlowOperation> operations = machine.operations();
        final List<FlowOperation> executed = machine.executed();
        return new FlowResult(end, stoppedAt, message, operations, executed == null ? operations : executed);
    }

    /**
     * A 64-bit word of the memory.
     *
     * @throws IllegalArgumentException if no RAM is there
     */
    public long word(final long pa) {
        return machine.memory().word(pa);
    }

    /** Whether there is RAM at an address. */
    public boolean holds(final long pa) {
        return machine.memory().page(pa) != null;
    }

    /** Address a PE would fetch from next. */
    public long pc(final int pe) {
        return machine.pe(pe).pc();
    }
}

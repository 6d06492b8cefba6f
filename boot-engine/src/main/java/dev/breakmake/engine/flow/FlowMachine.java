package dev.breakmake.engine.flow;

import dev.breakmake.engine.isa.a32.AArch32;
import dev.breakmake.engine.memory.GuestMemory;
import dev.breakmake.engine.memory.Page;
import dev.breakmake.engine.memory.PhysicalBus;
import dev.breakmake.engine.pe.Cluster;
import dev.breakmake.engine.pe.EventEmitter;
import dev.breakmake.engine.pe.PeIdentity;
import dev.breakmake.engine.pe.ProcessingElement;
import dev.breakmake.translation.event.AddressRange;
import dev.breakmake.translation.event.Architecture;
import dev.breakmake.translation.event.EventSink;
import dev.breakmake.translation.event.NamedRegion;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The machine a flow runs on: PEs, RAM around the image, a serial port; and the record of its operations. */
final class FlowMachine {

    private static final PeIdentity CORTEX_A15 = PeIdentity.cortexA15();
    private static final PeIdentity CORTEX_A57 = PeIdentity.cortexA57(false);
    private static final long GIB = 1L << 30;
    private static final long BANK = 256L << 20;
    private static final long UART = 0x0900_0000L;
    private static final long PAGE = 0x1000;
    private static final int EXPECTED_OPERATIONS = 512;

    private final FlowSpecification specification;
    private final Mutation mutation;
    private final Surroundings surroundings;
    private final List<FlowOperation> operations = new ArrayList<>(EXPECTED_OPERATIONS);
    /** What was executed, where that is not simply the operations. */
    private final @Nullable List<FlowOperation> executed;

    private final List<FlowPe> elements = new ArrayList<>();
    private final EventEmitter emitter;
    private final GuestMemory memory;
    private final long uart;
    private final long ram;

    FlowMachine(
            final FlowSpecification specification,
            final Mutation mutation,
            final Surroundings surroundings,
            final @Nullable EventSink events) {
        this.specification = specification;
        this.mutation = mutation;
        this.surroundings = surroundings;
        this.executed = mutation.index() < 0 ? null : new ArrayList<>(EXPECTED_OPERATIONS);
        final boolean narrow = specification.architecture() == Architecture.AARCH32;
        final PeIdentity identity = narrow ? CORTEX_A15 : CORTEX_A57;
        final long load = specification.loadAddress();
        ram = load & -BANK;
        final List<AddressRange> banks = new ArrayList<>();
        banks.add(new AddressRange(ram, ram + 2 * BANK));
        if (narrow) {
            banks.add(new AddressRange(ram + 2 * GIB, ram + 2 * GIB + 2 * BANK));
        }
        uart = banks.getFirst().contains(UART) ? UART + 3 * GIB : UART;
        memory = new GuestMemory(banks);
        final PhysicalBus bus = new PhysicalBus(memory);
        bus.attach(uart, new SilentUart());
        emitter = new EventEmitter(events);
        final Cluster cluster = new Cluster(bus, emitter, identity, specification.pes());
        surroundings.prepare(cluster);
        final NamedRegion image = new NamedRegion("image", new AddressRange(load, load + ImageMap.BYTES));
        emitter.header(identity.header(
                specification.architecture(), specification.pes(), banks, List.of(image), "flow 0.1", "program order"));
        watchMailbox(load);
        for (final ProcessingElement pe : cluster.elements()) {
            AArch32 state = null;
            if (narrow) {
                state = new AArch32(pe);
                pe.setState(state);
            }
            pe.system.setAffinity(pe.id);
            elements.add(new FlowPe(this, pe, state));
        }
    }

    /** What one PE leaves for another has to be seen when it is written and when it is read. */
    private void watchMailbox(final long load) {
        final Page data = memory.page(load + ImageMap.MAILBOX);
        if (data != null) {
            data.flags |= Page.WATCH | Page.MAILBOX;
        }
    }

    FlowSpecification specification() {
        return specification;
    }

    FlowPe pe(final int id) {
        return elements.get(id);
    }

    EventEmitter emitter() {
        return emitter;
    }

    /** Physical address of the serial port's registers. */
    long uart() {
        return uart;
    }

    /** Physical address of a page of the image. */
    long pa(final int page) {
        return specification.loadAddress() + ImageMap.offset(page);
    }

    /** A 2 MiB aligned piece of RAM outside the image: device tree, guest memory. */
    long freeRam(final int megabytes) {
        return ram + BANK + ((long) megabytes << 20);
    }

    List<FlowOperation> operations() {
        return List.copyOf(operations);
    }

    /** What was executed so far, mutation included. */
    List<FlowOperation> executed() {
        return executed == null ? operations() : List.copyOf(executed);
    }

    GuestMemory memory() {
        return memory;
    }

    Surroundings surroundings() {
        return surroundings;
    }

    Mutation mutation() {
        return mutation;
    }

    /** The next operation in program order. */
    FlowOperation next(final int pe, final Routine routine, final Effect effect) {
        final FlowOperation operation = new FlowOperation(operations.size(), pe, routine, effect);
        operations.add(operation);
        return operation;
    }

    /** Whether the mutation is about this operation. */
    boolean changes(final FlowOperation operation) {
        return mutation.index() == operation.index();
    }

    /** Notes that an operation is executed now. */
    void executed(final FlowOperation operation) {
        if (executed != null) {
            executed.add(operation);
        }
    }

    /** A serial port that swallows what is written and is always ready. */
    private static final class SilentUart implements dev.breakmake.engine.device.MmioDevice {
        @Override
        public long size() {
            return PAGE;
        }

        @Override
        public long read(final long offset, final int size, final int pe) {
            return 0;
        }

        @Override
        public void write(final long offset, final int size, final long value, final int pe) {}
    }
}

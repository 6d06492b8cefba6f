package dev.breakmake.engine.flow;

import dev.breakmake.engine.isa.a32.AArch32;
import dev.breakmake.engine.memory.GuestMemory;
import dev.breakmake.engine.memory.Page;
import dev.breakmake.engine.memory.PhysicalBus;
import dev.breakmake.engine.pe.Cluster;
import dev.breakmake.engine.pe.EventEmitter;
import dev.breakmake.engine.pe.PeIdentity;
import dev.breakmake.engine.pe.ProcessingElement;
import dev.breakmake.engine.pe.SystemRegister;
import dev.breakmake.translation.event.AddressRange;
import dev.breakmake.translation.event.Architecture;
import dev.breakmake.translation.event.EventSink;
import dev.breakmake.translation.event.NamedRegion;
import dev.breakmake.translation.event.TraceHeader;
import dev.breakmake.translation.register.Granule;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The machine a flow runs on: PEs, RAM around the image, a serial port; and the record of its operations. */
final class FlowMachine {

    private static final PeIdentity CORTEX_A15 = PeIdentity.cortexA15();
    private static final PeIdentity CORTEX_A57 = PeIdentity.cortexA57(false);

    /** Cortex-A57 has no 16 KiB granule, later cores do (ID_AA64MMFR0_EL1.TGran16). */
    private static final PeIdentity WITH_16_KIB =
            CORTEX_A57.with(SystemRegister.ID_AA64MMFR0_EL1, CORTEX_A57.id(SystemRegister.ID_AA64MMFR0_EL1) | 1L << 20);

    /** What headers of all flows of an architecture have in common: thousands of flows a second share it. */
    private static final TraceHeader HEADER_A15 = common(Architecture.AARCH32, CORTEX_A15);

    private static final TraceHeader HEADER_A57 = common(Architecture.AARCH64, CORTEX_A57);
    private static final TraceHeader HEADER_16_KIB = common(Architecture.AARCH64, WITH_16_KIB);

    private static final long GIB = 1L << 30;
    private static final long SMALLEST_BANK = 256L << 20;
    private static final long BLOCKS_APART = 16L << 20;
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
    private final long free;
    private final long blockStride;

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
        final Granule granule = specification.tables().granule();
        final PeIdentity identity = narrow ? CORTEX_A15 : granule == Granule.K16 ? WITH_16_KIB : CORTEX_A57;
        final long load = specification.loadAddress();
        final long block = specification.tables().blockBytes();
        final long bank = Math.max(SMALLEST_BANK, block);
        final long size = bank + Math.max(bank, 2 * block);
        blockStride = Math.max(BLOCKS_APART, block);
        final boolean atTheTop = (load & -bank) + size > 1L << identity.paBits();
        final long ram = atTheTop ? (1L << identity.paBits()) - size : load & -bank;
        free = atTheTop ? ram : ram + bank;
        final List<AddressRange> banks = new ArrayList<>();
        banks.add(new AddressRange(ram, ram + size));
        if (narrow) {
            banks.add(new AddressRange(ram + 2 * GIB, ram + 2 * GIB + size));
        }
        uart = banks.getFirst().contains(UART) ? UART + 3 * GIB : UART;
        memory = new GuestMemory(banks);
        final PhysicalBus bus = new PhysicalBus(memory);
        bus.attach(uart, new SilentUart());
        emitter = new EventEmitter(events);
        final Cluster cluster = Cluster.small(bus, emitter, identity, specification.pes());
        surroundings.prepare(cluster);
        final NamedRegion image = new NamedRegion("image", new AddressRange(load, load + ImageMap.bytes(granule)));
        final TraceHeader common = narrow ? HEADER_A15 : granule == Granule.K16 ? HEADER_16_KIB : HEADER_A57;
        emitter.header(common.with(specification.pes(), banks, List.of(image)));
        watchMailbox(load + ImageMap.mailbox(granule));
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

    private static TraceHeader common(final Architecture architecture, final PeIdentity identity) {
        return identity.header(architecture, 1, List.of(), List.of(), "flow 0.1", "program order");
    }

    /** What one PE leaves for another has to be seen when it is written and when it is read. */
    private void watchMailbox(final long mailbox) {
        final Page data = memory.page(mailbox);
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
        return specification.loadAddress()
                + ImageMap.offset(page, specification.tables().granule());
    }

    /** Bytes of a page of the granule. */
    long pageBytes() {
        return specification.tables().granule().bytes();
    }

    /** A piece of RAM outside the image that a block of level 2 can map: device tree (0), guest memory (1). */
    long freeBlock(final int number) {
        return free + number * blockStride;
    }

    List<FlowOperation> operations() {
        return List.copyOf(operations);
    }

    /** What was executed so far, mutation included; null if that is simply the operations. */
    @Nullable
    List<FlowOperation> executed() {
        return executed == null ? null : List.copyOf(executed);
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

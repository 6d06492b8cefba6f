package dev.breakmake.engine.flow;

import dev.breakmake.engine.isa.a32.AArch32;
import dev.breakmake.engine.memory.GuestMemory;
import dev.breakmake.engine.memory.PhysicalBus;
import dev.breakmake.engine.pe.Cluster;
import dev.breakmake.engine.pe.EventEmitter;
import dev.breakmake.engine.pe.PeIdentity;
import dev.breakmake.engine.pe.ProcessingElement;
import dev.breakmake.translation.event.AddressRange;
import dev.breakmake.translation.event.Architecture;
import dev.breakmake.translation.event.EventSink;
import dev.breakmake.translation.event.ExceptionLevel;
import dev.breakmake.translation.event.HandOver;
import dev.breakmake.translation.event.NamedRegion;
import dev.breakmake.translation.event.TraceHeader;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The machine a flow runs on: PEs, RAM around the image, a serial port; and the record of its operations. */
final class FlowMachine {

    /** What a mutation says of an operation. */
    enum Decision {
        PERFORM,
        DROP,
        HOLD
    }

    private static final long GIB = 1L << 30;
    private static final long BANK = 256L << 20;
    private static final long UART = 0x0900_0000L;
    private static final long PAGE = 0x1000;

    private final FlowSpecification specification;
    private final Mutation mutation;
    private final List<FlowOperation> operations = new ArrayList<>();
    private final List<FlowPe> elements = new ArrayList<>();
    private final EventEmitter emitter;
    private final long uart;
    private final long ram;

    FlowMachine(final FlowSpecification specification, final Mutation mutation, final @Nullable EventSink events) {
        this.specification = specification;
        this.mutation = mutation;
        final boolean narrow = specification.architecture() == Architecture.AARCH32;
        final PeIdentity identity = narrow ? PeIdentity.cortexA15() : PeIdentity.cortexA57(false);
        final long load = specification.loadAddress();
        ram = load & -BANK;
        final List<AddressRange> banks = new ArrayList<>();
        banks.add(new AddressRange(ram, ram + 2 * BANK));
        if (narrow) {
            banks.add(new AddressRange(ram + 2 * GIB, ram + 2 * GIB + 2 * BANK));
        }
        uart = banks.getFirst().contains(UART) ? UART + 3 * GIB : UART;
        final PhysicalBus bus = new PhysicalBus(new GuestMemory(banks));
        bus.attach(uart, new SilentUart());
        emitter = new EventEmitter(events);
        final Cluster cluster = new Cluster(bus, emitter, identity, specification.pes());
        emitter.header(header(identity, banks));
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

    private TraceHeader header(final PeIdentity identity, final List<AddressRange> banks) {
        final SortedMap<String, Long> registers = new TreeMap<>();
        identity.identification().forEach((register, value) -> registers.put(register.name(), value));
        final long load = specification.loadAddress();
        return new TraceHeader(
                specification.architecture(),
                specification.pes(),
                registers,
                identity.features(),
                0,
                identity.cacheLineBytes(),
                identity.paBits(),
                banks,
                List.of(new NamedRegion("image", new AddressRange(load, load + ImageMap.BYTES))),
                new HandOver(ExceptionLevel.EL2, true, HandOver.LineState.CLEAN_STALE, HandOver.LineState.UNKNOWN),
                "flow 0.1",
                Set.of(),
                "program order");
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

    Decision decide(final int pe, final Routine routine, final String name) {
        final int index = operations.size();
        operations.add(new FlowOperation(index, pe, routine.symbol(), name));
        if (mutation.index() != index) {
            return Decision.PERFORM;
        }
        return mutation instanceof Mutation.Drop ? Decision.DROP : Decision.HOLD;
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

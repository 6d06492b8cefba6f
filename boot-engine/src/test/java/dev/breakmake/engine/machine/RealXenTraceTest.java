package dev.breakmake.engine.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.engine.memory.GuestMemory;
import dev.breakmake.engine.platform.BootPlan;
import dev.breakmake.engine.platform.CpuModel;
import dev.breakmake.engine.platform.ImageReader;
import dev.breakmake.engine.platform.Platform;
import dev.breakmake.translation.event.AddressRange;
import dev.breakmake.translation.event.RegisterWrite;
import dev.breakmake.translation.event.TraceHeader;
import dev.breakmake.translation.event.TranslationEvent;
import dev.breakmake.translation.register.Implementation;
import dev.breakmake.translation.register.Regime;
import dev.breakmake.translation.register.RegimeConfiguration;
import dev.breakmake.translation.register.RegisterFile;
import dev.breakmake.translation.trace.StepAssembler;
import dev.breakmake.translation.trace.TableReplay;
import dev.breakmake.translation.trace.TraceReader;
import dev.breakmake.translation.trace.TraceSummary;
import dev.breakmake.translation.trace.TraceWriter;
import dev.breakmake.translation.walk.AddressSpaceMap;
import dev.breakmake.translation.walk.MemoryView;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Traces of the real, unmodified hypervisor: small, exact, and enough to rebuild its tables. */
class RealXenTraceTest {

    private static final long MIB = 1 << 20;

    @ParameterizedTest
    @CsvSource({"4.14-arm64, 1", "4.17-arm64, 2", "4.20-arm64, 2"})
    void aStoredRunRebuildsTheTablesOfTheMachine(final String version, final int pes) throws Exception {
        final BootSpecification specification = BootSpecification.of(
                "xen", XenImages.image(version), Platform.virt(CpuModel.CORTEX_A57, pes, 128 * MIB, 2));
        final BootPlan plan = BootPlan.of(
                specification.platform(),
                ImageReader.read(specification.imageName(), specification.image(), null),
                specification.options());
        final List<TranslationEvent> events = new ArrayList<>();
        final Machine machine = new Machine(plan, specification, events::add);
        machine.run();

        final ByteArrayOutputStream file = new ByteArrayOutputStream();
        final TraceSummary written;
        try (TraceWriter writer = new TraceWriter(file)) {
            events.forEach(writer::accept);
            written = writer.finish();
        }
        assertThat(written.bytesPerEvent()).isLessThanOrEqualTo(6);

        final List<TranslationEvent> stored = new ArrayList<>();
        assertThat(TraceReader.read(new ByteArrayInputStream(file.toByteArray()), stored::add))
                .isEqualTo(written);
        assertThat(stored).isEqualTo(events);

        final TableReplay replay = new TableReplay();
        final StepAssembler steps = new StepAssembler(replay::apply);
        stored.forEach(steps::accept);
        steps.finish();
        assertThat(replay.mismatches()).isZero();

        final MemoryView memory = view(machine.memory());
        final Map<Integer, RegisterFile> registers = registers(stored);
        assertThat(registers).hasSize(pes);
        for (final RegisterFile perPe : registers.values()) {
            final RegimeConfiguration el2 = perPe.configuration(Regime.EL2);
            final AddressSpaceMap map = AddressSpaceMap.of(el2, memory);
            assertThat(el2.enabled()).isTrue();
            assertThat(map.complete()).isTrue();
            assertThat(map.ranges()).isNotEmpty();
            assertThat(AddressSpaceMap.of(el2, replay).ranges()).isEqualTo(map.ranges());
        }
    }

    private static MemoryView view(final GuestMemory memory) {
        return new MemoryView() {
            @Override
            public long read64(final long pa) {
                return memory.word(pa);
            }

            @Override
            public boolean present(final long pa) {
                return memory.ranges().stream().anyMatch((final AddressRange range) -> range.contains(pa));
            }
        };
    }

    private static Map<Integer, RegisterFile> registers(final List<TranslationEvent> events) {
        final Implementation implementation = Implementation.of((TraceHeader) events.getFirst());
        final Map<Integer, RegisterFile> files = new TreeMap<>();
        for (final TranslationEvent event : events) {
            if (event instanceof RegisterWrite write) {
                files.computeIfAbsent(write.pe(), pe -> new RegisterFile(implementation))
                        .apply(write);
            }
        }
        return files;
    }
}

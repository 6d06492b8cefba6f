package dev.breakmake.engine.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.engine.memory.GuestMemory;
import dev.breakmake.engine.platform.BadImageException;
import dev.breakmake.engine.platform.BootModule;
import dev.breakmake.engine.platform.BootOptions;
import dev.breakmake.engine.platform.BootPlan;
import dev.breakmake.engine.platform.CpuModel;
import dev.breakmake.engine.platform.FakeGuest;
import dev.breakmake.engine.platform.ImageReader;
import dev.breakmake.engine.platform.Platform;
import dev.breakmake.translation.event.DescriptorWrite;
import dev.breakmake.translation.event.EventSink;
import dev.breakmake.translation.event.PeState;
import dev.breakmake.translation.event.RegisterWrite;
import dev.breakmake.translation.event.TraceHeader;
import dev.breakmake.translation.event.TranslationEvent;
import dev.breakmake.translation.register.Implementation;
import dev.breakmake.translation.register.Regime;
import dev.breakmake.translation.register.RegisterFile;
import dev.breakmake.translation.register.TranslationRoot;
import dev.breakmake.translation.trace.StepAssembler;
import dev.breakmake.translation.trace.Steps;
import dev.breakmake.translation.trace.TableReplay;
import dev.breakmake.translation.trace.TraceReader;
import dev.breakmake.translation.trace.TraceWriter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The stored diffs of a real boot, applied from step 0, give at any step what the machine's own memory held then: every word of every
 * table that any PE's registers reached, and every word that was a descriptor before.
 */
class StoredDiffsTest {

    private static final int STEPS = 20;

    @ParameterizedTest(name = "{0}, {1} PEs, dom0 {2}, seed {3}")
    @CsvSource({
        "4.14-arm64, 1, false, 41",
        "4.17-arm64, 2, false, 42",
        "4.17-arm64, 1, true, 43",
        "4.20-arm64, 2, false, 44",
        "4.20-arm64, 1, true, 45",
        "4.14-armhf, 2, false, 46",
        "4.14-armhf, 1, true, 47",
        "4.17-armhf, 2, false, 48",
    })
    void replayedFromStepZeroTheyGiveTheMachinesTables(
            final String version, final int pes, final boolean dom0, final long seed) throws Exception {
        final BootSpecification specification = specification(version, pes, dom0);
        final Steps counted = new Steps();
        Boot.run(specification, counted::stepOf);
        final Set<Long> chosen = new HashSet<>();
        final SplittableRandom random = new SplittableRandom(seed);
        while (chosen.size() < STEPS) {
            chosen.add(random.nextLong(counted.current()));
        }

        final Watched watched = boot(specification, chosen);
        final TableReplay replay = new TableReplay();
        final StepAssembler steps = new StepAssembler(step -> {
            replay.apply(step);
            final SortedMap<Long, Long> held = watched.held.get(step.step());
            if (held != null) {
                held.forEach((pa, word) -> assertThat(replay.read64(pa))
                        .as("seed %d, step %d, word at 0x%x", seed, step.step(), pa)
                        .isEqualTo(word));
            }
        });
        TraceReader.read(new ByteArrayInputStream(watched.stored.toByteArray()), steps);
        steps.finish();

        assertThat(watched.held.keySet()).isEqualTo(chosen);
        assertThat(watched.held.get(chosen.stream().max(Long::compare).orElseThrow()))
                .hasSizeGreaterThan(1000);
    }

    private static BootSpecification specification(final String version, final int pes, final boolean dom0) {
        final CpuModel cpu = version.endsWith("armhf") ? CpuModel.CORTEX_A15 : CpuModel.CORTEX_A57;
        final BootSpecification plain = BootSpecification.of(
                "xen", XenImages.image(version), Platform.virt(cpu, pes, dom0 ? 256L << 20 : 128L << 20, 2));
        if (!dom0) {
            return plain;
        }
        final BootModule module = BootModule.kernel("dom0", FakeGuest.of(cpu.architecture()), "console=hvc0");
        return plain.withOptions(
                        BootOptions.DEFAULT.withModules(List.of(module)).withBootArguments("dom0_mem=64M"))
                .withUntil(new Until.GuestEntry());
    }

    private static Watched boot(final BootSpecification specification, final Set<Long> chosen)
            throws IOException, BadImageException {
        final BootPlan plan = BootPlan.of(
                specification.platform(),
                ImageReader.read(specification.imageName(), specification.image(), null),
                specification.options());
        final Watched watched = new Watched(chosen);
        final Machine machine = new Machine(plan, specification, watched);
        watched.memory.add(machine.memory());
        machine.run();
        watched.writer.finish();
        return watched;
    }

    /** Stores a run and copies the machine's tables at the end of the chosen steps, walking them itself. */
    private static final class Watched implements EventSink {

        private final Set<Long> chosen;
        private final List<GuestMemory> memory = new ArrayList<>();
        private final ByteArrayOutputStream stored = new ByteArrayOutputStream();
        private final TraceWriter writer;
        private final Map<Long, SortedMap<Long, Long>> held = new TreeMap<>();
        private final Steps steps = new Steps();
        private final List<RegisterFile> registers = new ArrayList<>();
        private final Set<Long> descriptors = new HashSet<>();
        private List<Regime> regimes = List.of();

        Watched(final Set<Long> chosen) throws IOException {
            this.chosen = chosen;
            this.writer = new TraceWriter(stored);
        }

        @Override
        public void accept(final TranslationEvent event) {
            writer.accept(event);
            switch (event) {
                case TraceHeader header -> {
                    for (int pe = 0; pe < header.peCount(); pe++) {
                        registers.add(new RegisterFile(Implementation.of(header)));
                    }
                    regimes = switch (header.architecture()) {
                        case AARCH64 -> List.of(Regime.EL2, Regime.STAGE2);
                        case AARCH32 -> List.of(Regime.HYP, Regime.STAGE2);
                    };
                }
                case RegisterWrite write -> registers.get(write.pe()).apply(write);
                case DescriptorWrite write -> descriptors.add(write.descriptorPa());
                case PeState state -> {
                    if (state.change() == PeState.Change.RESET) {
                        registers.get(state.pe()).reset();
                    }
                }
                default -> {}
            }
            final long step = steps.stepOf(event);
            if (Steps.ends(event) && chosen.contains(step)) {
                held.put(step, copy());
            }
        }

        private SortedMap<Long, Long> copy() {
            final SortedMap<Long, Long> words = new TreeMap<>();
            descriptors.forEach(pa -> words.put(pa, memory.getFirst().word(pa)));
            for (final RegisterFile perPe : registers) {
                for (final Regime regime : regimes) {
                    if (perPe.configuration(regime).enabled()) {
                        perPe.configuration(regime)
                                .roots()
                                .forEach(root -> table(root, root.base(), root.entries(), root.startLevel(), words));
                    }
                }
            }
            return words;
        }

        private void table(
                final TranslationRoot root,
                final long base,
                final int entries,
                final int level,
                final SortedMap<Long, Long> words) {
            for (int index = 0; index < entries; index++) {
                final long pa = base + 8L * index;
                final long word = memory.getFirst().word(pa);
                words.put(pa, word);
                if (level < 3 && (word & 3) == 3) {
                    table(root, word & 0xffff_ffff_f000L, 512, level + 1, words);
                }
            }
        }
    }
}

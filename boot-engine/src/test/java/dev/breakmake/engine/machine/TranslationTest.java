package dev.breakmake.engine.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.engine.isa.CodeCache;
import dev.breakmake.engine.isa.Translation;
import dev.breakmake.engine.pe.ProcessingElement;
import dev.breakmake.engine.platform.BadImageException;
import dev.breakmake.engine.platform.BootPlan;
import dev.breakmake.engine.platform.CpuModel;
import dev.breakmake.engine.platform.ImageReader;
import dev.breakmake.engine.platform.Platform;
import dev.breakmake.translation.event.TranslationEvent;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Translated code against the interpreter: translation must never show in what a machine does. */
class TranslationTest {

    @ParameterizedTest
    @CsvSource({"4.17-arm64, 1", "4.20-arm64, 2", "4.17-armhf, 1", "4.14-armhf, 2"})
    void translatedCodeLeavesTheSameRegistersAndEventsAsTheInterpreter(final String version, final int pes)
            throws BadImageException {
        final CpuModel cpu = version.endsWith("armhf") ? CpuModel.CORTEX_A15 : CpuModel.CORTEX_A57;
        final byte[] image = XenImages.image(version);
        final Pair pair = new Pair(BootSpecification.of("xen", image, Platform.virt(cpu, pes, 128 << 20, 2)), 97, true);

        while (!pair.interpreted.stopped() && !pair.translated.stopped()) {
            pair.round();
        }

        assertThat(pair.translated.stopped()).isEqualTo(pair.interpreted.stopped());
        assertThat(pair.translatedEvents).isEqualTo(pair.interpretedEvents);
    }

    /**
     * Random programs contain what Xen does not; they run over and over, so that everything becomes hot. Nobody listens: with caches
     * off every store would be an event, and none would be translated code's own.
     */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {11, 12, 13, 14})
    void translatedRandomA32LeavesTheSameRegistersAsTheInterpreter(final long seed) throws BadImageException {
        final byte[] image = RandomA32.image(seed, 4000);
        final Pair pair = new Pair(
                BootSpecification.of("random", image, Platform.virt(CpuModel.CORTEX_A15, 1, 64 << 20, 2)), 1009, false);

        for (int round = 0; round < 80; round++) {
            pair.round();
        }

        assertThat(pair.translated.memory().read(pair.scratch(), 4096))
                .isEqualTo(pair.interpreted.memory().read(pair.scratch(), 4096));
    }

    /** What faults is skipped by the program's own handlers, so exceptions leave and enter translated code all the time. */
    @ParameterizedTest(name = "seed {0}, {1}")
    @CsvSource({"11, EL2", "12, EL2", "13, EL1", "14, EL0"})
    void translatedRandomA64LeavesTheSameRegistersAsTheInterpreter(final long seed, final RandomA64.Flavour flavour)
            throws BadImageException {
        final byte[] image = RandomA64.image(seed, 3000, flavour);
        final Pair pair = new Pair(
                BootSpecification.of("random", image, Platform.virt(CpuModel.CORTEX_A57, 1, 64 << 20, 2)), 1009, false);

        for (int round = 0; round < 80; round++) {
            pair.round();
        }

        final long scratch = pair.plan.imageAddress() + RandomA64.SCRATCH;
        assertThat(pair.translated.memory().read(scratch, 4096))
                .isEqualTo(pair.interpreted.memory().read(scratch, 4096));
    }

    /** The same boot twice: interpreted, and with every branch target translated at its fifth arrival. */
    private static final class Pair {

        private final List<TranslationEvent> interpretedEvents = new ArrayList<>();
        private final List<TranslationEvent> translatedEvents = new ArrayList<>();
        private final BootPlan plan;
        private final Machine interpreted;
        private final Machine translated;

        Pair(final BootSpecification specification, final int quantum, final boolean events) throws BadImageException {
            plan = BootPlan.of(
                    specification.platform(),
                    ImageReader.read("image", specification.image(), null),
                    specification.options());
            interpreted = new Machine(
                    plan, specification, events ? interpretedEvents::add : null, new CodeCache(Translation.OFF));
            translated = new Machine(
                    plan,
                    specification,
                    events ? translatedEvents::add : null,
                    new CodeCache(Translation.immediate(5)));
            interpreted.setQuantum(quantum);
            translated.setQuantum(quantum);
        }

        long scratch() {
            return plan.imageAddress() + RandomA32.SCRATCH;
        }

        void round() {
            interpreted.round();
            translated.round();
            for (int id = 0; id < interpreted.cluster().size(); id++) {
                final ProcessingElement expected = interpreted.cluster().pe(id);
                final ProcessingElement actual = translated.cluster().pe(id);
                if (actual.pc != expected.pc
                        || actual.instructions != expected.instructions
                        || actual.nzcv != expected.nzcv
                        || !registers(actual).equals(registers(expected))) {
                    throw new AssertionError(
                            "PE %d differs after instruction %d: PC 0x%x, interpreted 0x%x; %s, interpreted %s"
                                    .formatted(
                                            id,
                                            expected.instructions,
                                            actual.pc,
                                            expected.pc,
                                            registers(actual),
                                            registers(expected)));
                }
            }
        }

        private static List<Object> registers(final ProcessingElement pe) {
            final List<Object> all = new ArrayList<>();
            if (pe.state() == null) {
                all.add(pe.registerHash());
            } else {
                pe.state().forEachRegister(all::add);
            }
            return all;
        }
    }
}

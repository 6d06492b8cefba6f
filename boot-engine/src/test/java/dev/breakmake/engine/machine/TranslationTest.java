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

/** Translated code against the interpreter: translation must never show in what a machine does. */
class TranslationTest {

    @ParameterizedTest
    @CsvSource({"4.17-arm64, 1", "4.20-arm64, 2"})
    void translatedCodeLeavesTheSameRegistersAndEventsAsTheInterpreter(final String version, final int pes)
            throws BadImageException {
        final byte[] image = XenImages.image(version);
        final BootSpecification specification =
                BootSpecification.of("xen", image, Platform.virt(CpuModel.CORTEX_A57, pes, 128 << 20, 2));
        final BootPlan plan =
                BootPlan.of(specification.platform(), ImageReader.read("xen", image, null), specification.options());
        final List<TranslationEvent> interpretedEvents = new ArrayList<>();
        final List<TranslationEvent> translatedEvents = new ArrayList<>();
        final Machine interpreted =
                new Machine(plan, specification, interpretedEvents::add, new CodeCache(Translation.OFF));
        final Machine translated =
                new Machine(plan, specification, translatedEvents::add, new CodeCache(Translation.immediate(5)));
        interpreted.setQuantum(97);
        translated.setQuantum(97);

        while (!interpreted.stopped() && !translated.stopped()) {
            interpreted.round();
            translated.round();
            for (int id = 0; id < pes; id++) {
                final ProcessingElement expected = interpreted.cluster().pe(id);
                final ProcessingElement actual = translated.cluster().pe(id);
                if (actual.pc != expected.pc
                        || actual.instructions != expected.instructions
                        || actual.nzcv != expected.nzcv
                        || actual.registerHash() != expected.registerHash()) {
                    throw new AssertionError("PE %d differs after instruction %d: PC 0x%x, interpreted 0x%x"
                            .formatted(id, expected.instructions, actual.pc, expected.pc));
                }
            }
        }

        assertThat(translated.stopped()).isEqualTo(interpreted.stopped());
        assertThat(translatedEvents).isEqualTo(interpretedEvents);
    }
}

package dev.breakmake.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.qemu.process.QemuInstallation;
import dev.breakmake.qemu.process.QemuLimits;
import dev.breakmake.translation.OutcomeKind;
import dev.breakmake.translation.event.Architecture;
import dev.breakmake.translation.event.ExceptionTaken;
import dev.breakmake.translation.event.Marker;
import dev.breakmake.translation.event.RegisterWrite;
import dev.breakmake.translation.event.TlbInvalidate;
import dev.breakmake.translation.event.TranslationEvent;
import dev.breakmake.translation.event.TranslationRegister;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is seen while QEMU waits in its log is what is seen where a breakpoint stops it. */
@Timeout(600)
class QemuLoggedBootTest {

    private static final QemuLimits LIMITS = QemuLimits.DEFAULT.withWallClock(Duration.ofMinutes(8));

    @ParameterizedTest
    @CsvSource({"4.14-arm64, 1500", "4.17-arm64, 700", "4.20-arm64, 700", "4.17-armhf, 5000"})
    void theLogShowsWhatStopsShow(String image, int logged) throws Exception {
        Architecture architecture = RealImages.architecture(image);
        RealImages.needQemu(architecture);
        QemuBootSpecification specification = QemuBootSpecification.virt(
                        architecture, RealImages.xen(image), 1, 256L << 20)
                .withLimits(LIMITS);
        List<TranslationEvent> events = new ArrayList<>();
        QemuBootResult result = QemuBoot.run(specification, events::add, line -> {});
        List<TranslationEvent> expected = new ArrayList<>();
        QemuBootResult stopped = QemuBoot.stoppedEverywhere(specification, expected::add);
        assertThat(stopped.logged()).isZero();
        if (Scout.knows(result.qemuVersion())) {
            assertThat(result.logged()).isGreaterThan(logged);
            assertThat(result.stops() - result.logged()).as("stops by gdb").isLessThan(100);
        } else {
            assertThat(result.logged()).isZero();
        }
        List<String> story = story(events);
        List<String> expectedStory = story(expected);
        for (int i = 0; i < expectedStory.size() && i < story.size(); i++) {
            assertThat(story.get(i)).as("event %d", i).isEqualTo(expectedStory.get(i));
        }
        assertThat(story).hasSameSizeAs(expectedStory);
    }

    /** Everything but the console, which has a time of its own. */
    private static List<String> story(List<TranslationEvent> events) {
        return events.stream()
                .filter(event -> !(event instanceof Marker))
                .map(event -> event.toString().replaceFirst("sequence=\\d+, ", ""))
                .toList();
    }

    private static QemuBootSpecification bare(Path image) throws Exception {
        RealImages.needQemu(Architecture.AARCH64);
        return QemuBootSpecification.virt(Architecture.AARCH64, image, 1, 256L << 20)
                .withUntil(Pattern.compile("moved"))
                .withLimits(LIMITS);
    }

    @Test
    void codeThatMovesRightAfterAnInvalidateIsFollowed(@TempDir Path folder) throws Exception {
        List<TranslationEvent> events = new ArrayList<>();
        QemuBootResult result = QemuBoot.run(bare(BareGuest.moving(folder)), events::add, line -> {});
        assertThat(result.outcome().kind()).isEqualTo(OutcomeKind.REACHED);
        // The invalidate, and again when stopped.
        assertThat(result.logged() > 0).isEqualTo(Scout.knows(result.qemuVersion()));
        assertThat(events.stream()
                        .filter(event -> event instanceof RegisterWrite write
                                && write.register() == TranslationRegister.MAIR_EL2)
                        .map(event -> Long.toHexString(((RegisterWrite) event).pc())))
                .containsExactly("40200068", "802000a0", "c02000c8");
        assertThat(events.stream().filter(TlbInvalidate.class::isInstance)).hasSize(1);
    }

    @Test
    void exceptionsRightBehindAnInvalidateDoNotMoveOrRepeatIt(@TempDir Path folder) throws Exception {
        QemuBootSpecification specification = bare(BareGuest.interrupted(folder));
        List<TranslationEvent> events = new ArrayList<>();
        QemuBootResult result = QemuBoot.run(specification, events::add, line -> {});
        assertThat(result.outcome().kind()).isEqualTo(OutcomeKind.REACHED);
        assertThat(result.logged() > 0).isEqualTo(Scout.knows(result.qemuVersion()));
        assertThat(events.stream()
                        .filter(event -> event instanceof TlbInvalidate || event instanceof ExceptionTaken)
                        .map(event -> "%s at %x".formatted(event.getClass().getSimpleName(), event.pc())))
                .containsExactly(
                        "TlbInvalidate at 80201010",
                        "ExceptionTaken at 80201014",
                        "TlbInvalidate at 8020101c",
                        "ExceptionTaken at 80201020",
                        "ExceptionTaken at 80201020");
        List<TranslationEvent> expected = new ArrayList<>();
        QemuBoot.stoppedEverywhere(specification, expected::add);
        assertThat(story(events)).isEqualTo(story(expected));
    }

    @Test
    void aQemuThatCannotBeHeldIsStoppedInstead(@TempDir Path folder) throws Exception {
        RealImages.needQemu(Architecture.AARCH64);
        Path real = QemuInstallation.find(Architecture.AARCH64, 256L << 20, System.getenv("PATH"))
                .binary();
        // Between QEMU and us somebody reads whatever comes.
        Path eager = Files.writeString(folder.resolve("qemu"), """
                #!/bin/sh
                %s "$@" 2>&1 >/dev/null | cat >&2
                """.formatted(real));
        Files.setPosixFilePermissions(eager, PosixFilePermissions.fromString("rwx------"));
        QemuBootSpecification specification = QemuBootSpecification.virt(
                        Architecture.AARCH64, RealImages.xen("4.17-arm64"), 1, 256L << 20)
                .withLimits(LIMITS);
        List<TranslationEvent> events = new ArrayList<>();
        List<String> lines = new ArrayList<>();
        QemuBootResult result = QemuBoot.run(specification.withBinary(eager), events::add, lines::add);
        assertThat(result.logged()).isZero();
        assertThat(lines).isEqualTo(result.console());
        List<TranslationEvent> expected = new ArrayList<>();
        QemuBoot.stoppedEverywhere(specification, expected::add);
        assertThat(story(events)).isEqualTo(story(expected));
    }

    @Test
    void onlyVersionsThatPassedThisTestAreLogged() {
        assertThat(Scout.knows("7.2")).isTrue();
        assertThat(Scout.knows("7.2.22")).isTrue();
        assertThat(Scout.knows("7.20.1")).isFalse();
        assertThat(Scout.knows("10.0.2")).isFalse();
        assertThat(Scout.knows("")).isFalse();
    }
}

package dev.breakmake.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.breakmake.qemu.process.QemuException;
import dev.breakmake.qemu.process.QemuInstallation;
import dev.breakmake.qemu.process.QemuLimits;
import dev.breakmake.translation.OutcomeKind;
import dev.breakmake.translation.event.Architecture;
import java.io.IOException;
import java.io.UncheckedIOException;
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
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(180)
class QemuPlainBootTest {

    private static final long MIB = 1 << 20;

    @TempDir
    Path folder;

    private static QemuBootSpecification plain(String image) {
        Architecture architecture = RealImages.architecture(image);
        RealImages.needQemu(architecture);
        return QemuBootSpecification.virt(architecture, RealImages.xen(image), 1, 256 * MIB)
                .withObservation(Observation.CONSOLE);
    }

    private static QemuBootResult run(QemuBootSpecification specification) throws Exception {
        return QemuBoot.run(specification, event -> {}, line -> {});
    }

    @ParameterizedTest
    @ValueSource(strings = {"4.14-arm64", "4.17-arm64", "4.20-arm64", "4.14-armhf", "4.17-armhf"})
    void everyDebianImageReachesTheMissingDom0(String image) throws Exception {
        List<String> lines = new ArrayList<>();
        QemuBootResult result = QemuBoot.run(plain(image), event -> {}, lines::add);
        assertThat(result.outcome().kind()).as(String.join("\n", lines)).isEqualTo(OutcomeKind.REACHED);
        assertThat(result.outcome().detail()).contains("Could not set up");
        assertThat(result.console()).isEqualTo(lines).anyMatch(line -> line.contains("Xen version"));
        assertThat(result.qemuVersion()).matches("\\d+\\.\\d+\\.\\d+");
        assertThat(result.events()).isZero();
    }

    @Test
    void endsAtTheTextAskedFor() throws Exception {
        QemuBootResult result = run(plain("4.17-arm64").withUntil(Pattern.compile("Xen version \\S+")));
        assertThat(result.outcome().kind()).isEqualTo(OutcomeKind.REACHED);
        assertThat(result.console().getLast()).contains("Xen version");
    }

    @Test
    void aPanicThatWasNotExpectedIsAPanic() throws Exception {
        QemuBootResult result = run(plain("4.17-arm64").withUntil(Pattern.compile("never printed")));
        assertThat(result.outcome().kind()).isEqualTo(OutcomeKind.PANICKED);
    }

    @Test
    void theTimeLimitEndsABootThatPrintsNothingExpected() throws Exception {
        Path image = Files.write(folder.resolve("loop"), loopForever());
        RealImages.needQemu(Architecture.AARCH64);
        QemuBootResult result = run(QemuBootSpecification.virt(Architecture.AARCH64, image, 1, 128 * MIB)
                .withObservation(Observation.CONSOLE)
                .withLimits(QemuLimits.DEFAULT.withWallClock(Duration.ofMillis(500))));
        assertThat(result.outcome().kind()).isEqualTo(OutcomeKind.LIMIT);
    }

    /** An arm64 Image whose first instruction branches to itself. */
    private static byte[] loopForever() {
        java.nio.ByteBuffer image = java.nio.ByteBuffer.allocate(4096).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        image.putInt(0, 0x14000000)
                .putLong(16, 4096)
                .putLong(24, 0xa)
                .put(56, "ARMd".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        return image.array();
    }

    @Test
    void consoleOutputIsLimited() throws Exception {
        QemuLimits tight = new QemuLimits(Duration.ofMinutes(1), 1000, QemuLimits.DEFAULT.extraMemoryBytes(), 0);
        QemuBootResult result = run(plain("4.17-arm64").withLimits(tight));
        assertThat(result.outcome().kind()).isEqualTo(OutcomeKind.LIMIT);
        assertThat(String.join("\n", result.console()).length()).isLessThanOrEqualTo(1000);
    }

    @Test
    void aMissingBinaryIsNamedWithWhatToDo() {
        assertThatThrownBy(() -> QemuInstallation.find(Architecture.AARCH64, MIB, folder.toString()))
                .isInstanceOf(QemuException.class)
                .hasMessageContaining("no qemu-system-aarch64 in PATH")
                .hasMessageContaining("install QEMU 7.2 or newer");
        assertThatThrownBy(() -> run(plain("4.17-arm64").withBinary(folder.resolve("qemu"))))
                .hasMessageContaining("is not there");
    }

    @Test
    void aWrongMachineIsReportedInQemusWords() {
        QemuBootSpecification good = plain("4.17-arm64");
        QemuBootSpecification wrong = new QemuBootSpecification(
                good.architecture(),
                "no-such-board",
                good.cpu(),
                1,
                good.memoryBytes(),
                good.image(),
                "",
                good.dom0(),
                good.dtb(),
                good.until(),
                Observation.CONSOLE,
                good.limits(),
                good.binary());
        assertThatThrownBy(() -> run(wrong))
                .isInstanceOf(QemuException.class)
                .hasMessageContaining("ended with status 1")
                .hasMessageContaining("unsupported machine type");
    }

    @Test
    void aBinaryThatDiesAtOnceShowsWhatItSaid() throws Exception {
        Path fake = Files.writeString(folder.resolve("qemu"), "#!/bin/sh\necho cannot allocate guest >&2\nexit 3\n");
        Files.setPosixFilePermissions(fake, PosixFilePermissions.fromString("rwx------"));
        assertThatThrownBy(() -> run(plain("4.17-arm64").withBinary(fake)))
                .hasMessageContaining("ended with status 3")
                .hasMessageContaining("cannot allocate guest");
    }

    @Test
    void aQemuThatIsKilledInTheMiddleOfABootIsReportedWithItsStatus() throws Exception {
        Path real = QemuInstallation.find(Architecture.AARCH64, MIB, System.getenv("PATH"))
                .binary();
        // Dies by its own hand once we have seen the guest print, which then does nothing more.
        Path seen = folder.resolve("seen");
        Path fragile = Files.writeString(folder.resolve("qemu"), """
                #!/bin/sh
                %s "$@" &
                pid=$!
                while ! [ -e '%s' ]; do sleep 0.01; done
                echo 'out of luck' >&2
                kill -KILL $pid
                wait $pid
                """.formatted(real, seen));
        Files.setPosixFilePermissions(fragile, PosixFilePermissions.fromString("rwx------"));
        Path guest = BareGuest.moving(folder);
        QemuBootSpecification specification = QemuBootSpecification.virt(Architecture.AARCH64, guest, 1, 128 * MIB)
                .withObservation(Observation.CONSOLE)
                .withBinary(fragile)
                .withUntil(Pattern.compile("never printed"));
        assertThatThrownBy(() -> QemuBoot.run(specification, event -> {}, line -> create(seen)))
                .isInstanceOf(QemuException.class)
                .hasMessageContaining("during the boot")
                .hasMessageContaining("out of luck");
    }

    private static void create(Path file) {
        try {
            Files.createFile(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void optionsCannotBeSmuggledThroughTheSpecification() {
        QemuBootSpecification good = plain("4.17-arm64");
        QemuBootSpecification smuggling = new QemuBootSpecification(
                good.architecture(),
                "virt,firmware=/etc/passwd",
                good.cpu(),
                1,
                good.memoryBytes(),
                good.image(),
                "",
                good.dom0(),
                good.dtb(),
                good.until(),
                Observation.CONSOLE,
                good.limits(),
                good.binary());
        assertThatThrownBy(() -> run(smuggling)).hasMessageContaining("is not NAME or NAME,OPTION=VALUE");
    }
}

package dev.breakmake.cli.backend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.engine.symbol.SymbolTable;
import dev.breakmake.testkit.Programs;
import dev.breakmake.testkit.RealImages;
import dev.breakmake.translation.event.Architecture;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The proof that the engine and QEMU, which share no code, show the same boots. */
@Timeout(900)
class TwoBackendsTest {

    private static final long MEMORY = 256L << 20;

    @ParameterizedTest(name = "Xen {0} on {1} PEs")
    @CsvSource({
        "4.14-arm64, 1",
        "4.14-arm64, 2",
        "4.17-arm64, 1",
        "4.17-arm64, 2",
        "4.20-arm64, 1",
        "4.20-arm64, 2",
        "4.14-armhf, 1",
        "4.14-armhf, 2",
        "4.17-armhf, 1",
        "4.17-armhf, 2"
    })
    void bothBackendsShowTheSameBoot(String image, int pes) throws Exception {
        boolean a32 = image.endsWith("armhf");
        Programs.require(a32 ? "qemu-system-arm" : "qemu-system-aarch64", "qemu-system-arm");
        Path xen = RealImages.require(image, "xen");
        SymbolTable symbols = SymbolTable.read(Files.readAllBytes(RealImages.require(image, "xen-syms")));
        TwoBackends result =
                TwoBackends.boot(xen, a32 ? Architecture.AARCH32 : Architecture.AARCH64, pes, MEMORY, symbols);
        assertThat(result.agree())
                .as(
                        "%s, %s\n%s",
                        result.engine().message(),
                        result.qemu().outcome(),
                        result.comparison().toJson())
                .isTrue();
        assertThat(result.comparison().registerWrites()).isGreaterThan(pes == 1 ? 9 : 19);
        assertThat(result.comparison().tlbInvalidates()).isGreaterThan(500);
        assertThat(result.comparison().tables()).isGreaterThan(pes == 1 ? 1000 : 10);
    }
}

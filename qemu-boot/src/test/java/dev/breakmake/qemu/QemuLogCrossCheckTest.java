package dev.breakmake.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.breakmake.qemu.site.CodeRegion;
import dev.breakmake.qemu.site.Decoder;
import dev.breakmake.qemu.site.SiteOperation;
import dev.breakmake.translation.event.Architecture;
import dev.breakmake.translation.event.NamedRegion;
import dev.breakmake.translation.event.RegisterWrite;
import dev.breakmake.translation.event.TlbInvalidate;
import dev.breakmake.translation.event.TraceHeader;
import dev.breakmake.translation.event.TranslationEvent;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the breakpoints showed is what QEMU's log shows, event by event, with every operand. */
@Timeout(600)
class QemuLogCrossCheckTest {

    private static final String LAST_LINE = "Panic on CPU 0";

    @TempDir
    Path folder;

    @ParameterizedTest(name = "Xen {0} linked at {1}")
    @CsvSource({"4.20-arm64, 0xa0000200000", "4.14-arm64, 0x200000", "4.17-arm64, 0x200000"})
    void everyRegisterWriteAndInvalidateIsInQemusOwnLog(String image, String link) throws Exception {
        RealImages.needQemu(Architecture.AARCH64);
        QemuBootSpecification specification =
                QemuBootSpecification.virt(Architecture.AARCH64, RealImages.xen(image), 1, 256L << 20);
        List<TranslationEvent> events = new ArrayList<>();
        QemuBoot.run(specification, events::add, line -> {});
        long base = ((TraceHeader) events.getFirst())
                .regions().stream()
                        .map(NamedRegion::physical)
                        .findFirst()
                        .orElseThrow()
                        .start();
        CodeRegion code = scan(specification.image(), base);
        long offset = Long.decode(link) - base;
        Set<Long> addresses = new HashSet<>();
        for (long pa : code.stopAddresses()) {
            if (operand(code, pa) >= 0) {
                addresses.add(pa);
                addresses.add(pa + offset);
            }
        }
        List<String> logged = new ArrayList<>();
        for (ExecutionLog.Entry entry : ExecutionLog.of(specification, addresses, LAST_LINE, folder)) {
            long pa = code.contains(entry.pc()) ? entry.pc() : entry.pc() - offset;
            int register = operand(code, pa);
            long value = register == SiteOperation.ZERO ? 0 : entry.registers().get(register);
            logged.add("%x: %x".formatted(entry.pc(), value));
        }
        List<String> observed = new ArrayList<>();
        for (TranslationEvent event : events) {
            if (event instanceof RegisterWrite write) {
                observed.add("%x: %x".formatted(write.pc(), write.value()));
            } else if (event instanceof TlbInvalidate tlbi) {
                observed.add("%x: %x".formatted(tlbi.pc(), tlbi.operand()));
            }
        }
        int common = Math.min(logged.size(), observed.size());
        assertThat(common).as("events in both").isGreaterThan(700);
        for (int i = 0; i < common; i++) {
            assertThat(observed.get(i))
                    .as("event %d of %d, after %s", i, common, observed.subList(Math.max(0, i - 3), i))
                    .isEqualTo(logged.get(i));
        }
        // The two runs end at slightly different moments of the panic.
        assertThat(observed.size()).isCloseTo(logged.size(), org.assertj.core.data.Offset.offset(10));
    }

    private static CodeRegion scan(Path image, long base) throws Exception {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(image)).order(ByteOrder.LITTLE_ENDIAN);
        int[] words = new int[bytes.remaining() / 4];
        bytes.asIntBuffer().get(words);
        return CodeRegion.scan(Decoder.of(Architecture.AARCH64), base, words);
    }

    /** Number of the register with the operand of a register write or invalidate, -1 for other stops. */
    private static int operand(CodeRegion code, long pa) {
        return switch (code.stopAt(pa)) {
            case SiteOperation.WriteRegister write -> write.low();
            case SiteOperation.InvalidateTlb tlbi -> tlbi.operand();
            case null, default -> -1;
        };
    }
}

package dev.breakmake.qemu.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeldLogTest {

    private final ReentrantLock turn = new ReentrantLock();
    private final List<LogEntry> entries = new ArrayList<>();
    private final StringBuilder messages = new StringBuilder();
    private int failures;
    private final HeldLog log = new HeldLog(turn, () -> failures++);

    private static String began(int pe, long pc) {
        return "Trace %d: 0x7f7cd8002940 [0000000000000000/%016x/00000061/ff080000] \n".formatted(pe, pc);
    }

    /** As QEMU 7.2 writes it: the number of a register is its value too. */
    private static String registers(long pc, long stack) {
        StringBuilder dump = new StringBuilder(" PC=%016x ".formatted(pc));
        for (int i = 0; i < 31; i++) {
            dump.append("X%02d=%016x%s".formatted(i, (long) i, i % 3 == 1 ? "\n" : " "));
        }
        return dump + " SP=%016x\nPSTATE=200003c9 --C- EL2h\n".formatted(stack);
    }

    private static String registers32(long pc) {
        StringBuilder dump = new StringBuilder();
        for (int i = 0; i < 16; i++) {
            dump.append("R%02d=%08x%s".formatted(i, i == 15 ? pc : i, i % 4 == 3 ? "\n" : " "));
        }
        return dump + "PSR=200001da --C- A hyp32\n";
    }

    /** A pipe whose writer has written nothing yet that was not asked for. */
    private static InputStream held(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1)) {
            @Override
            public synchronized int available() {
                return 0;
            }
        };
    }

    private List<String> read(String text) throws IOException {
        log.handle(entry -> {
            assertThat(turn.isHeldByCurrentThread()).isTrue();
            entries.add(entry);
        });
        log.read(held(text), messages::append);
        assertThat(turn.isLocked()).isFalse();
        return entries.stream().map(HeldLogTest::told).toList();
    }

    private static String told(LogEntry entry) {
        return switch (entry) {
            case LogEntry.Began b ->
                String.format(Locale.ROOT, "%d at %x", b.pe(), b.pc())
                        + (b.first().length == 0 ? "" : " with " + b.first()[13]);
            case LogEntry.Registers r ->
                String.format(
                        Locale.ROOT,
                        "%d had %x %x %x, %d of them, %x",
                        r.pe(),
                        r.pc(),
                        r.general()[7],
                        r.general()[r.general().length - 1],
                        r.general().length,
                        r.status());
            case LogEntry.NotStarted n -> String.format(Locale.ROOT, "left %x", n.pc());
        };
    }

    @Test
    void tellsABlockBeforeItsRegisters() throws IOException {
        String noise = "Linking TBs 0x7f7cd8000300 index 0 -> 0x7f7cd8000440\n";
        assertThat(read(noise + began(1, 0x200570) + registers(0x200570, 0x8000) + noise))
                .containsExactly("1 at 200570 with 13", "1 had 200570 7 8000, 32 of them, 200003c9");
        assertThat(messages.toString()).isEmpty();
    }

    @Test
    void readsTheRegistersOf32BitArm() throws IOException {
        assertThat(read("Trace 0: 0x7f5f80003fc0 [00000400/00200384/00000460/ff000000] \n" + registers32(0x200384)))
                .containsExactly("0 at 200384", "0 had 200384 7 200384, 16 of them, 200001da");
    }

    @Test
    void tellsWhichBlockWasNotStarted() throws IOException {
        assertThat(read("Stopped execution of TB chain before 0x7f7cd8002940 [0000000000200570] \n"))
                .containsExactly("left 200570");
    }

    @Test
    void keepsApartTwoPesThatCameTogether() throws IOException {
        assertThat(read(began(0, 0x100) + began(1, 0x200) + registers(0x200, 2) + registers(0x100, 1)))
                .containsExactly(
                        "1 at 200 with 13",
                        "1 had 200 7 2, 32 of them, 200003c9",
                        "0 at 100 with 13",
                        "0 had 100 7 1, 32 of them, 200003c9");
    }

    @Test
    void knowsPesAtOneAddressByTheirStacks() throws IOException {
        String before = began(0, 0x100) + registers(0x100, 0x8000) + began(1, 0x100) + registers(0x100, 0x20000);
        assertThat(read(before
                        + began(0, 0x100)
                        + began(1, 0x100)
                        + registers(0x100, 0x1ff00)
                        + registers(0x100, 0x7f00)))
                .endsWith(
                        "0 at 100",
                        "1 at 100",
                        "1 had 100 7 1ff00, 32 of them, 200003c9",
                        "0 at 100 with 13",
                        "0 had 100 7 7f00, 32 of them, 200003c9");
    }

    @Test
    void passesOnWhatQemuSaysToItsUser() throws IOException {
        assertThat(read("qemu-system-aarch64: terminating on signal 15\n")).isEmpty();
        assertThat(messages.toString()).isEqualTo("qemu-system-aarch64: terminating on signal 15\n");
    }

    @Test
    void endsQuietlyWithAQemuThatIsKilledInsideAnEntry() throws IOException {
        assertThat(read(began(0, 0x100) + " PC=0000000000000100 X00=00000")).isEmpty();
        String half = began(0, 0x100) + registers(0x100, 1).substring(0, 400);
        assertThat(read(half)).containsExactly("0 at 100 with 13");
        assertThat(log.failure()).isNull();
    }

    @Test
    void refusesAQemuThatDoesNotWait() throws IOException {
        log.handle(entries::add);
        String text = began(0, 0x100) + registers(0x100, 1);
        log.read(new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1)), messages::append);
        assertThat(log.failure()).hasMessageContaining("does not wait for its reader");
        assertThat(failures).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Trace x: 0x7f [0/100/0/0]\n",
                "Trace 0: 0x7f [0/xyz/0/0]\n",
                "Trace 0\n",
                "Trace 99999999999: 0x7f [0/100/0/0]\n",
                "Stopped execution of TB chain before 0x7f\n",
                "Stopped execution of TB chain before 0x7f [z]\n",
                "Trace 0: 0x7f [0/100/0/0]\n PC=0000000000000100 X00=zz\n",
                "Trace 0: 0x7f [0/100/0/0]\n PC=0000000000000100 X99=00\n",
                "Trace 0: 0x7f [0/100/0/0]\n PC=0000000000000100 X00=11112222333344445\n",
                "Trace 0: 0x7f [0/100/0/0]\n PC=0000000000000100 X00=0000000000000000\nPSTATE=000003c9\n",
            })
    void refusesWhatIsNoLog(String text) throws IOException {
        read(text);
        assertThat(log.failure()).isInstanceOf(MalformedLogException.class);
        assertThat(failures).isEqualTo(1);
    }

    @Test
    void refusesRegistersInAnotherOrder() throws IOException {
        read(began(0, 0x100) + registers(0x100, 1).replace("\n", " ").replace(" PSTATE", "\nPSTATE"));
        assertThat(entries).isEmpty();
        assertThat(log.failure()).hasMessageContaining("another order");
    }

    @Test
    void refusesRegistersOfNoBlock() throws IOException {
        read(began(0, 0x100) + registers(0x104, 1));
        assertThat(entries).isEmpty();
        assertThat(log.failure()).hasMessageContaining("0x104");
    }

    @Test
    void readsToTheEndAfterAFailureSoThatQemuCanEnd() throws IOException {
        InputStream stream = held("Trace x\n" + "noise\n".repeat(10_000));
        log.handle(entries::add);
        log.read(stream, messages::append);
        assertThat(stream.read()).isEqualTo(-1);
    }

    @Test
    void survivesALineWithoutEnd() throws IOException {
        assertThat(read("x".repeat(1 << 20))).isEmpty();
        assertThat(messages.length()).isLessThan(20_000);
    }

    @Test
    void isNotLookedAtAnyMoreOnceClosed() throws IOException {
        log.handle(entries::add);
        log.close();
        log.read(held(began(0, 0x100) + registers(0x100, 1)), messages::append);
        assertThat(entries).isEmpty();
    }
}

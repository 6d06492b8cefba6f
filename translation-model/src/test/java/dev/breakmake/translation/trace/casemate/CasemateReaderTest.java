package dev.breakmake.translation.trace.casemate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.breakmake.translation.event.Barrier;
import dev.breakmake.translation.event.Capability;
import dev.breakmake.translation.event.ContextSynchronization;
import dev.breakmake.translation.event.DescriptorWrite;
import dev.breakmake.translation.event.Marker;
import dev.breakmake.translation.event.PageRole;
import dev.breakmake.translation.event.RegisterWrite;
import dev.breakmake.translation.event.Shareability;
import dev.breakmake.translation.event.TlbInvalidate;
import dev.breakmake.translation.event.TlbOperation;
import dev.breakmake.translation.event.TraceHeader;
import dev.breakmake.translation.event.TranslationEvent;
import dev.breakmake.translation.event.TranslationRegister;
import dev.breakmake.translation.event.WriteOrigin;
import dev.breakmake.translation.finding.SymbolSource.CodeSymbol;
import dev.breakmake.translation.trace.TraceFormatException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CasemateReaderTest {
    private static final String SRC = " (src \"examples/a b.c:12\")";

    private final List<TranslationEvent> events = new ArrayList<>();

    private CasemateImport read(String text) throws IOException {
        return read(text, CasemateOptions.DEFAULT);
    }

    private CasemateImport read(String text, CasemateOptions options) throws IOException {
        events.clear();
        return CasemateReader.read(
                new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), options, events::add);
    }

    private <E> E only(Class<E> type) {
        return events.stream()
                .filter(type::isInstance)
                .map(type::cast)
                .reduce((a, b) -> {
                    throw new AssertionError("more than one " + type);
                })
                .orElseThrow();
    }

    @Test
    void aStoreCarriesTheValueItReplaces() throws IOException {
        read("(mem-write (id 0) (tid 0) (mem-order plain) (address 1000) (value 5)" + SRC + ")\n"
                + "(mem-write (id 1) (tid 0) (mem-order release) (address 0x1000) (value 0xabcdef0123456789)" + SRC
                + ")\n");
        DescriptorWrite write = (DescriptorWrite) events.get(2);
        assertThat(write.pa()).isEqualTo(0x1000);
        assertThat(write.oldDescriptor()).isEqualTo(5);
        assertThat(write.newDescriptor()).isEqualTo(0xabcd_ef01_2345_6789L);
        assertThat(write.size()).isEqualTo(8);
        assertThat(write.cacheable()).isTrue();
        assertThat(write.sequence()).isEqualTo(2);
    }

    @Test
    void aMisalignedStoreIsAPartialStore() throws IOException {
        read("(mem-write (id 0) (tid 0) (mem-order plain) (address 1000) (value 1122334455667788))"
                + "(mem-write (id 1) (tid 0) (mem-order plain) (address 1004) (value aabbccdd99))"
                + "(mem-write (id 2) (tid 0) (mem-order plain) (address 1001) (value ff))");
        DescriptorWrite half = (DescriptorWrite) events.get(2);
        assertThat(half.size()).isEqualTo(4);
        assertThat(half.newDescriptor()).isEqualTo(0xbbcc_dd99_5566_7788L);
        DescriptorWrite odd = (DescriptorWrite) events.get(3);
        assertThat(odd.size()).isEqualTo(1);
        assertThat(odd.newDescriptor()).isEqualTo(0xbbcc_dd99_5566_ff88L);
        assertThat(odd.descriptorPa()).isEqualTo(0x1000);
    }

    @Test
    void fieldsMayBePositionalAndTheSourceMayBeMissing() throws IOException {
        read("(tlbi 3 2 vae2is 300000000000)\n(barrier 4 2 dsb ishst \"x.c:1\")\n(barrier (id 5) (tid 2) isb)");
        TlbInvalidate tlbi = only(TlbInvalidate.class);
        assertThat(tlbi.operation()).isEqualTo(TlbOperation.VAE2);
        assertThat(tlbi.shareability()).isEqualTo(Shareability.ISH);
        assertThat(tlbi.operand()).isEqualTo(0x3000_0000_0000L);
        assertThat(tlbi.pe()).isEqualTo(2);
        Barrier barrier = only(Barrier.class);
        assertThat(barrier.domain()).isEqualTo(Shareability.ISH);
        assertThat(barrier.types()).isEqualTo(Barrier.AccessTypes.ST);
        assertThat(((TraceHeader) events.getFirst()).peCount()).isEqualTo(3);
    }

    @Test
    void everyRegisterWriteIsSynchronised() throws IOException {
        read("(sysreg-write (id 0) (tid 0) (sysreg ttbr0_el2) (value 155ca8e658000))");
        RegisterWrite write = only(RegisterWrite.class);
        assertThat(write.register()).isEqualTo(TranslationRegister.TTBR0_EL2);
        assertThat(write.value()).isEqualTo(0x0001_55ca_8e65_8000L);
        assertThat(events.get(2)).isInstanceOf(ContextSynchronization.class);
    }

    @Test
    void initialisedAndFilledMemoryBecomesStoresOfWhatChanges() throws IOException {
        read("(mem-set (id 0) (tid 0) (address 2000) (size 1000) (value 7))"
                + "(mem-init (id 1) (tid 0) (address 2000) (size 1000))"
                + "(mem-set (id 2) (tid 0) (address 0) (size fffffffffffff000) (value 0))"
                + "(mem-free (id 3) (tid 0) (address 2000) (size 1000))");
        List<DescriptorWrite> writes = events.stream()
                .filter(DescriptorWrite.class::isInstance)
                .map(DescriptorWrite.class::cast)
                .toList();
        assertThat(writes).hasSize(1024);
        assertThat(writes.subList(512, 1024)).allMatch(w -> w.origin() == WriteOrigin.ZERO && w.oldDescriptor() == 7);
        assertThat(events.stream().filter(PageRole.class::isInstance).map(e -> ((PageRole) e).role()))
                .containsExactly(PageRole.Role.INITIALISED, PageRole.Role.FREED);
    }

    @Test
    void hintsLocksAndClaimsAreKept() throws IOException {
        CasemateImport result = read("""
                (hint (id 0) (tid 0) (kind set_root_lock) (location 1000) (value 9000))
                (lock (id 1) (tid 0) (address 9000))
                (trylock (id 2) (tid 0) (address 9000))
                (unlock (id 3) (tid 0) (address 9000))
                ! violation: BBM
                """);
        assertThat(events.stream().filter(PageRole.class::isInstance).map(e -> ((PageRole) e).role()))
                .containsExactly(
                        PageRole.Role.ROOT_LOCK, PageRole.Role.LOCKED, PageRole.Role.LOCKED, PageRole.Role.UNLOCKED);
        assertThat(only(Marker.class).text()).isEqualTo("! violation: BBM");
        assertThat(result.claims()).isEqualTo(1);
        assertThat(result.records()).isEqualTo(4);
        assertThat(result.events()).isEqualTo(events.size());
    }

    @Test
    void sourcesNameTheirEvents() throws IOException {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 3000; i++) {
            text.append("(lock (id %d) (tid 0) (address 8) (src \"f.c:%d\"))\n".formatted(i, i % 1500));
        }
        CasemateImport result = read(text.toString());
        assertThat(events.get(1).pc())
                .isEqualTo(events.get(1501).pc())
                .isNotEqualTo(events.get(2).pc());
        assertThat(result.sources().at(events.get(1500).pc())).isEqualTo(new CodeSymbol("f.c", 0, "f.c:1499"));
        assertThat(result.sources().at(0)).isNull();
    }

    @Test
    void theSetUpIsJudgedOnRequestOnly() throws IOException {
        read("");
        TraceHeader header = only(TraceHeader.class);
        assertThat(header.notObservable()).contains(Capability.SETUP);
        assertThat(header.handOver().tlbUnknown()).isFalse();
        read("", new CasemateOptions(true));
        assertThat(only(TraceHeader.class).notObservable()).doesNotContain(Capability.SETUP);
        assertThat(only(TraceHeader.class).handOver().tlbUnknown()).isTrue();
    }

    @Test
    void errorsNameLineAndColumn() {
        assertError("\n (mem-wrte (id 0)", "line 2, column 3: unknown kind of record 'mem-wrte'");
        assertError("(lock (id x) (tid 0) (address 8))", "line 1, column 11: 'x' is no decimal number");
        assertError(
                "(lock (id 0) (tid 5000) (address 8))",
                "line 1, column 19: tid 5000: at most 1024 threads are supported");
        assertError("(lock (id 0) (tid 0) (adress 8))", "line 1, column 23: expected field address, found 'adress'");
        assertError("(lock (id 0) (tid 0) (address zz))", "line 1, column 31: 'zz' is no hexadecimal number");
        assertError(
                "(lock (id 0) (tid 0) (address 12345678901234567))",
                "line 1, column 31: '12345678901234567' does not fit 64 bits");
        assertError(
                "(lock (id 0) (tid 0) (address 8)",
                "line 1, column 33: expected a quoted FILE:LINE, found the end of the file");
        assertError("(tlbi (id 0) (tid 0) vae9is)", "line 1, column 22: unknown TLBI operation 'vae9is'");
        assertError(
                "(barrier (id 0) (tid 0) isb (src \"a", "line 1, column 34: the quoted text does not end on its line");
        assertError(
                "(sysreg-write (id 0) (tid 0) (sysreg foo) (value 0))",
                "line 1, column 38: unknown system register 'foo'");
        assertError("hello", "line 1, column 1: expected '(', found 'hello'");
        assertError(
                "(mem-set (id 0) (tid 0) (address 0) (size 7ffffffffffff000) (value 1))",
                "line 1, column 68: mem-set of 0x7ffffffffffff000 bytes; at most 0x1000000 can be filled at once");
    }

    private void assertError(String text, String message) {
        assertThatExceptionOfType(TraceFormatException.class)
                .isThrownBy(() -> read(text))
                .withMessage(message);
    }

    @Test
    void mutatedTracesAreReadOrRejectedNeverWorse() throws IOException {
        byte[] original;
        try (var in = CasemateReaderTest.class.getResourceAsStream("good_bbm_stage1.trace")) {
            original = Objects.requireNonNull(in).readAllBytes();
        }
        for (long seed = 0; seed < 3000; seed++) {
            Random random = new Random(seed);
            byte[] mutated = original.clone();
            for (int i = 0; i < 1 + random.nextInt(4); i++) {
                mutated[random.nextInt(mutated.length)] = (byte) random.nextInt(256);
            }
            try {
                CasemateReader.read(new ByteArrayInputStream(mutated), CasemateOptions.DEFAULT, e -> {});
            } catch (TraceFormatException e) {
                assertThat(e).as("seed %d", seed).hasMessageStartingWith("line ");
            }
        }
    }
}

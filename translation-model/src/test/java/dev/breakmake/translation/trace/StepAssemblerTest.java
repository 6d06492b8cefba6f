package dev.breakmake.translation.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.breakmake.translation.event.AddressRange;
import dev.breakmake.translation.event.Barrier;
import dev.breakmake.translation.event.DescriptorWrite;
import dev.breakmake.translation.event.ExceptionLevel;
import dev.breakmake.translation.event.RegisterWrite;
import dev.breakmake.translation.event.Shareability;
import dev.breakmake.translation.event.TranslationEvent;
import dev.breakmake.translation.event.TranslationRegister;
import dev.breakmake.translation.event.WriteOrigin;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StepAssemblerTest {
    private final List<StepDiff> diffs = new ArrayList<>();
    private final StepAssembler assembler = new StepAssembler(diffs::add);
    private final Map<Long, Long> memory = new HashMap<>();
    private long sequence;

    StepAssemblerTest() {
        accept(RandomEvents.header());
    }

    private void accept(TranslationEvent event) {
        assembler.accept(event);
        sequence++;
    }

    private void write(int pe, long pa, long value) {
        long old = memory.getOrDefault(pa, 0L);
        memory.put(pa, value);
        accept(new DescriptorWrite(
                sequence, pe, 0, 0x100, ExceptionLevel.EL2, pa, 8, old, value, true, pa, WriteOrigin.STORE));
    }

    private void register(int pe, TranslationRegister register, long value) {
        accept(new RegisterWrite(sequence, pe, 0, 0x200, ExceptionLevel.EL2, register, value));
    }

    private void dsb() {
        accept(new Barrier(
                sequence,
                0,
                0,
                0,
                ExceptionLevel.EL2,
                Barrier.Kind.DSB,
                Shareability.ISH,
                Barrier.AccessTypes.ALL,
                false));
    }

    private void el2Root(int pe, long root) {
        register(pe, TranslationRegister.TCR_EL2, 16 | 4L << 16);
        register(pe, TranslationRegister.MAIR_EL2, 0xff);
        register(pe, TranslationRegister.TTBR0_EL2, root);
        register(pe, TranslationRegister.SCTLR_EL2, 1);
    }

    @Test
    void aStepEndsWithARegisterWriteOrBarrierAndHoldsEveryPesWrites() {
        write(0, 0x1000, 0x2003);
        write(1, 0x1008, 0x3003);
        dsb();
        write(0, 0x1000, 0);
        assembler.finish();
        assertThat(diffs).hasSize(2);
        assertThat(diffs.get(0).step()).isZero();
        assertThat(diffs.get(0).changes()).extracting(DescriptorDiff::pe).containsExactly(0, 1);
        assertThat(diffs.get(0).end()).isInstanceOf(Barrier.class);
        assertThat(diffs.get(1).step()).isEqualTo(1);
        assertThat(diffs.get(1).firstSequence()).isEqualTo(4);
        assertThat(diffs.get(1).end()).isNull();
    }

    @Test
    void aDescriptorSaysWhereItStandsUnderWhichRoot() {
        el2Root(0, 0x1000);
        write(0, 0x1000, 0x2003);
        write(0, 0x2008, 0x3003);
        write(0, 0x3010, 0x8000_0701L);
        dsb();
        List<DescriptorDiff> changes = diffs.getLast().changes();
        assertThat(changes).hasSize(3);
        DescriptorDiff.Place place = changes.get(2).places().getFirst();
        assertThat(place.text())
                .isEqualTo("EL2 root 0x1000 L2[2] [0x40400000, 0x40600000): L2 invalid"
                        + " -> L2 block PA 0x80000000 2MiB RW X Normal-WB ISH AF");
        assertThat(place.live()).isTrue();
        assertThat(place.table()).isEqualTo(0x3000);
    }

    @Test
    void aSharedSubTableStandsUnderEveryRoot() {
        el2Root(0, 0x1000);
        el2Root(1, 0x9000);
        write(0, 0x1000, 0x2003);
        write(0, 0x9008, 0x2003);
        write(0, 0x2000, 0x4000_0701L);
        dsb();
        assertThat(diffs.getLast().changes().getLast().places())
                .extracting(DescriptorDiff.Place::root, DescriptorDiff.Place::input)
                .containsExactly(
                        tuple(0x1000L, new AddressRange(0, 1L << 30)),
                        tuple(0x9000L, new AddressRange(1L << 39, (1L << 39) + (1L << 30))));
    }

    @Test
    void aRootThatIsNoLongerInUseIsNotLive() {
        el2Root(0, 0x1000);
        register(0, TranslationRegister.TTBR0_EL2, 0x5000);
        write(0, 0x1000, 0x2003);
        write(0, 0x5000, 0x2003);
        dsb();
        assertThat(diffs.getLast().changes().get(0).places())
                .singleElement()
                .satisfies(place -> assertThat(place.live()).isFalse());
        assertThat(diffs.getLast().changes().get(1).places())
                .singleElement()
                .satisfies(place -> assertThat(place.live()).isTrue());
    }

    @Test
    void anUnlinkedTableHasNoPlaceAndAPageIsNoLink() {
        el2Root(0, 0x1000);
        write(0, 0x1000, 0x2003);
        write(0, 0x2000, 0x3003);
        write(0, 0x3000, 0x4003);
        // The level 3 page entry maps the table 0x7000; that is no link to it.
        write(0, 0x4000, 0x7703);
        write(0, 0x7000, 0x8003);
        dsb();
        assertThat(diffs.getLast().changes().getLast().places()).isEmpty();
        write(0, 0x2008, 0x7003);
        write(0, 0x7000, 0x8007);
        dsb();
        assertThat(diffs.getLast().changes().getLast().places())
                .singleElement()
                .satisfies(place -> assertThat(place.level()).isEqualTo(2));
    }

    @Test
    void writesToOneDescriptorInAStepAreOneChangeAndRewritesAreNone() {
        write(0, 0x1000, 0x2003);
        dsb();
        write(0, 0x1000, 0);
        write(0, 0x1000, 0x5003);
        write(0, 0x1008, 7);
        write(0, 0x1008, 0);
        dsb();
        assertThat(diffs.getLast().changes()).singleElement().satisfies(change -> {
            assertThat(change.before()).isEqualTo(0x2003);
            assertThat(change.after()).isEqualTo(0x5003);
        });
    }

    @Test
    void replayingDiffsGivesTheTableMemoryAtEveryStep() {
        for (long seed = 0; seed < 10; seed++) {
            Random random = new Random(seed);
            List<StepDiff> steps = new ArrayList<>();
            StepAssembler run = new StepAssembler(steps::add);
            run.accept(RandomEvents.header());
            TableReplay direct = new TableReplay();
            TableReplay replay = new TableReplay();
            Map<Long, Long> words = new HashMap<>();
            long number = 1;
            for (int i = 0; i < 2000; i++, number++) {
                if (random.nextInt(6) == 0) {
                    run.accept(new RegisterWrite(
                            number,
                            random.nextInt(2),
                            0,
                            0,
                            ExceptionLevel.EL2,
                            random.nextBoolean() ? TranslationRegister.TTBR0_EL2 : TranslationRegister.TCR_EL2,
                            random.nextInt(8) * 0x1000L));
                    replay.apply(steps.getLast());
                    for (long pa : new HashSet<>(words.keySet())) {
                        assertThat(replay.read64(pa))
                                .as("seed %d step %d", seed, steps.getLast().step())
                                .isEqualTo(direct.read64(pa));
                    }
                } else {
                    long pa = random.nextInt(8) * 0x1000L + random.nextInt(4) * 8L;
                    long value = random.nextInt(8) * 0x1000L + random.nextInt(4);
                    DescriptorWrite write = new DescriptorWrite(
                            number,
                            0,
                            0,
                            0,
                            ExceptionLevel.EL2,
                            pa,
                            8,
                            words.getOrDefault(pa, 0L),
                            value,
                            true,
                            pa,
                            WriteOrigin.STORE);
                    words.put(pa, value);
                    run.accept(write);
                    direct.apply(write);
                }
            }
            assertThat(replay.mismatches()).isZero();
        }
    }
}

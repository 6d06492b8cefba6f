package dev.breakmake.benchmarks;

import dev.breakmake.translation.event.AddressRange;
import dev.breakmake.translation.event.Architecture;
import dev.breakmake.translation.event.Barrier;
import dev.breakmake.translation.event.ContextSynchronization;
import dev.breakmake.translation.event.DescriptorWrite;
import dev.breakmake.translation.event.ExceptionLevel;
import dev.breakmake.translation.event.HandOver;
import dev.breakmake.translation.event.RegisterWrite;
import dev.breakmake.translation.event.Shareability;
import dev.breakmake.translation.event.TlbInvalidate;
import dev.breakmake.translation.event.TlbOperation;
import dev.breakmake.translation.event.TraceHeader;
import dev.breakmake.translation.event.TranslationEvent;
import dev.breakmake.translation.event.TranslationRegister;
import dev.breakmake.translation.event.WriteOrigin;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/** Compliant break-before-make updates of EL2 tables, over and over: pages of 16 MiB of virtual addresses. */
public enum UpdateLoop {
    /** Break one page, DSB, TLBI VAE2IS, DSB, make it, DSB, ISB. */
    SINGLE_PAGE(1),
    /** Break 2,048 pages, DSB, TLBI ALLE2IS, DSB, make them, DSB, ISB. */
    BATCH_2048(2048);

    private static final long ROOT = 0x4010_0000L;
    private static final int TABLES = 8;
    private static final int PAGES = TABLES * 512;

    private final int batch;

    UpdateLoop(int batch) {
        this.batch = batch;
    }

    /** Header, set-up of the regime, then updates; about {@code count} events, never fewer. */
    public List<TranslationEvent> events(int count) {
        Recorder recorder = new Recorder(count + 2 * PAGES + 64);
        recorder.bringUp();
        for (int first = 0, round = 1; recorder.events.size() < count; first = (first + batch) % PAGES, round++) {
            recorder.update(first, batch, round);
        }
        return recorder.events;
    }

    private static final class Recorder {
        private final List<TranslationEvent> events;
        private long sequence = 1;
        private long pc = 0x4000_0000L;

        Recorder(int capacity) {
            events = new ArrayList<>(capacity);
        }

        void bringUp() {
            TreeMap<String, Long> idRegisters = new TreeMap<>();
            HandOver handOver =
                    new HandOver(ExceptionLevel.EL2, true, HandOver.LineState.ABSENT, HandOver.LineState.ABSENT);
            events.add(new TraceHeader(
                    Architecture.AARCH64,
                    2,
                    idRegisters,
                    Set.of(),
                    0,
                    64,
                    40,
                    List.of(new AddressRange(0x4000_0000L, 0xc000_0000L)),
                    List.of(),
                    handOver,
                    "benchmark",
                    Set.of(),
                    "one PE"));
            long l1 = ROOT + 0x1000;
            long l2 = ROOT + 0x2000;
            write(ROOT, 0, l1 | 3);
            write(l1, 0, l2 | 3);
            write(l1 + 8, 0, 0x4000_0000L | 0x7c1 | 0x80);
            for (int table = 0; table < TABLES; table++) {
                write(l2 + 8L * table, 0, table(table) | 3);
            }
            for (int page = 0; page < PAGES; page++) {
                write(location(page), 0, leaf(page, 0));
            }
            dsb();
            tlbi(TlbOperation.ALLE2, 0);
            dsb();
            register(TranslationRegister.MAIR_EL2, 0x44_04ffL);
            register(TranslationRegister.TCR_EL2, 0x8082_3510L);
            register(TranslationRegister.TTBR0_EL2, ROOT);
            isb();
            register(TranslationRegister.SCTLR_EL2, 0x30c5_1805L);
            isb();
        }

        void update(int first, int pages, int round) {
            for (int page = first; page < first + pages; page++) {
                write(location(page), leaf(page, round - 1), 0);
            }
            dsb();
            if (pages == 1) {
                tlbi(TlbOperation.VAE2, first);
            } else {
                tlbi(TlbOperation.ALLE2, 0);
            }
            dsb();
            for (int page = first; page < first + pages; page++) {
                write(location(page), 0, leaf(page, round));
            }
            dsb();
            isb();
        }

        private static long table(int table) {
            return ROOT + 0x10_0000L + 0x1000L * table;
        }

        private static long location(int page) {
            return table(page >>> 9) + 8L * (page & 511);
        }

        private static long leaf(int page, int round) {
            return 0x5000_0000L + 0x1000L * ((page + 17L * round) & 0xffff) | 0x743L | 1L << 54;
        }

        private void write(long pa, long old, long fresh) {
            events.add(new DescriptorWrite(
                    sequence, 0, sequence, next(), ExceptionLevel.EL2, pa, 8, old, fresh, true, pa, WriteOrigin.STORE));
            sequence++;
        }

        private void dsb() {
            events.add(new Barrier(
                    sequence,
                    0,
                    sequence,
                    next(),
                    ExceptionLevel.EL2,
                    Barrier.Kind.DSB,
                    Shareability.ISH,
                    Barrier.AccessTypes.ALL,
                    false));
            sequence++;
        }

        private void isb() {
            events.add(new ContextSynchronization(
                    sequence, 0, sequence, next(), ExceptionLevel.EL2, ContextSynchronization.Cause.ISB));
            sequence++;
        }

        private void tlbi(TlbOperation operation, long operand) {
            events.add(new TlbInvalidate(
                    sequence, 0, sequence, next(), ExceptionLevel.EL2, operation, operand, Shareability.ISH, false));
            sequence++;
        }

        private void register(TranslationRegister register, long value) {
            events.add(new RegisterWrite(sequence, 0, sequence, next(), ExceptionLevel.EL2, register, value));
            sequence++;
        }

        private long next() {
            pc = 0x4000_0000L | (pc + 4 & 0xfffff);
            return pc;
        }
    }
}

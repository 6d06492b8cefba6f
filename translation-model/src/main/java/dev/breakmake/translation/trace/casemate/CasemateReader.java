package dev.breakmake.translation.trace.casemate;

import static dev.breakmake.translation.trace.casemate.Keywords.bytes;

import dev.breakmake.translation.event.Architecture;
import dev.breakmake.translation.event.Barrier;
import dev.breakmake.translation.event.Capability;
import dev.breakmake.translation.event.ContextSynchronization;
import dev.breakmake.translation.event.DescriptorWrite;
import dev.breakmake.translation.event.EventSink;
import dev.breakmake.translation.event.ExceptionLevel;
import dev.breakmake.translation.event.HandOver;
import dev.breakmake.translation.event.Marker;
import dev.breakmake.translation.event.MemoryRead;
import dev.breakmake.translation.event.PageRole;
import dev.breakmake.translation.event.RegisterWrite;
import dev.breakmake.translation.event.TlbInvalidate;
import dev.breakmake.translation.event.TraceHeader;
import dev.breakmake.translation.event.TranslationEvent;
import dev.breakmake.translation.event.TranslationRegister;
import dev.breakmake.translation.event.WriteOrigin;
import dev.breakmake.translation.finding.SymbolSource;
import dev.breakmake.translation.trace.TraceFormatException;
import java.io.IOException;
import java.io.InputStream;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Reads Casemate's text traces: one parenthesised record per event, fields {@code (name value)} or bare, {@code src} optional.
 * Threads are PEs. Memory stores become {@link DescriptorWrite}s with the value they replace; every register write is followed by a
 * context synchronisation; lines that start with {@code !} become markers.
 */
public final class CasemateReader {
    /** PEs (threads) at most. */
    public static final int MAX_PES = 1024;

    /** Bytes one {@code mem-set} may fill with anything but 0. */
    static final long MAX_FILL = 16L << 20;

    private static final ExceptionLevel EL = ExceptionLevel.EL2;
    private static final Keywords<Keywords.Tlbi> TLBIS = Keywords.tlbis();
    private static final Keywords<Keywords.Dsb> DSBS = Keywords.dsbs();
    private static final Keywords<TranslationRegister> REGISTERS = Keywords.registers();
    private static final Keywords<PageRole.Role> HINTS = Keywords.hints();

    private static final byte[] ID = bytes("id");
    private static final byte[] TID = bytes("tid");
    private static final byte[] SRC = bytes("src");
    private static final byte[] ADDRESS = bytes("address");
    private static final byte[] LOCATION = bytes("location");
    private static final byte[] VALUE = bytes("value");
    private static final byte[] SIZE = bytes("size");
    private static final byte[] KIND = bytes("kind");
    private static final byte[] ORDER = bytes("mem-order");
    private static final byte[] PLAIN = bytes("plain");
    private static final byte[] RELEASE = bytes("release");
    private static final byte[] SYSREG = bytes("sysreg");
    private static final byte[] ISB = bytes("isb");
    private static final byte[] DSB = bytes("dsb");

    private enum RecordKind {
        MEM_WRITE,
        BARRIER,
        TLBI,
        SYSREG_WRITE,
        LOCK,
        UNLOCK,
        MEM_READ,
        MEM_INIT,
        MEM_FREE,
        MEM_SET,
        HINT,
        TRYLOCK;

        private static final RecordKind[] ALL = values();
        private static final byte[][] WORDS = words();

        private static byte[][] words() {
            byte[][] words = new byte[ALL.length][];
            for (RecordKind record : ALL) {
                words[record.ordinal()] =
                        bytes(record.name().toLowerCase(Locale.ROOT).replace('_', '-'));
            }
            return words;
        }

        static RecordKind of(Scanner in) throws TraceFormatException {
            for (int i = 0; i < ALL.length; i++) {
                if (in.is(WORDS[i])) {
                    return ALL[i];
                }
            }
            throw in.tokenError("unknown kind of record '" + in.token() + "'");
        }
    }

    private final Scanner in;
    private final EventSink sink;
    private final Sources sources;
    private final Words memory = new Words();
    private long sequence;
    private long records;
    private int claims;
    private long id;
    private int pe;
    private long pc;

    private CasemateReader(byte[] data, Sources sources, EventSink sink) {
        this.in = new Scanner(data);
        this.sink = sink;
        this.sources = sources;
    }

    /** Whether a file looks like such a trace; {@code start} needs its first bytes. */
    public static boolean recognises(byte[] start) {
        Scanner in = new Scanner(start);
        return in.peek() == '(' || in.peek() == '!';
    }

    /**
     * Reads a whole trace and gives its events to the sink, a header first.
     *
     * @throws TraceFormatException with line and column if the trace breaks the grammar
     */
    public static CasemateImport read(InputStream stream, CasemateOptions options, EventSink sink) throws IOException {
        return readNamed(stream, options, sources -> sink);
    }

    /**
     * The same for a sink that wants to know the names of PCs, as a checker does; they are known as soon as an event carries them.
     */
    public static CasemateImport readNamed(
            InputStream stream, CasemateOptions options, Function<SymbolSource, EventSink> sink) throws IOException {
        byte[] data = stream.readAllBytes();
        Sources sources = new Sources(data);
        CasemateReader reader = new CasemateReader(data, sources, sink.apply(sources));
        reader.emit(header(reader.countPes(), options));
        reader.readRecords();
        return new CasemateImport(reader.records, reader.sequence, reader.claims, sources);
    }

    private static TraceHeader header(int pes, CasemateOptions options) {
        Set<Capability> unseen = EnumSet.of(Capability.TRANSLATION_USE, Capability.EXCEPTIONS, Capability.CACHE_STATE);
        if (!options.judgeSetup()) {
            unseen.add(Capability.SETUP);
        }
        return new TraceHeader(
                Architecture.AARCH64,
                pes,
                new TreeMap<>(),
                Set.of(),
                0,
                64,
                52,
                List.of(),
                List.of(),
                new HandOver(EL, options.judgeSetup(), HandOver.LineState.ABSENT, HandOver.LineState.ABSENT),
                "casemate trace",
                unseen,
                "recorded");
    }

    /** Number of PEs, from a first look at the thread of every record; a broken record ends it, the real pass then reports it. */
    private int countPes() {
        long most = mostThreads(true);
        if (most < 0) {
            in.rewind();
            most = mostThreads(false);
        }
        in.rewind();
        return (int) Math.min(most, MAX_PES - 1) + 1;
    }

    /** The largest thread number; {@code byLine} takes one record a line for granted and returns -1 if something else shows. */
    private long mostThreads(boolean byLine) {
        long most = 0;
        while (in.more()) {
            if (in.peek() != '(') {
                in.restOfLine();
                continue;
            }
            try {
                in.expect('(');
                in.atom("a kind");
                in.decimalField(ID);
                most = Math.max(most, in.decimalField(TID));
            } catch (TraceFormatException e) {
                return byLine ? -1 : most;
            }
            if (!byLine) {
                in.skipRecord();
            } else if (!in.skipLine()) {
                return -1;
            }
        }
        return most;
    }

    private void readRecords() throws TraceFormatException {
        while (in.more()) {
            if (in.peek() == '!') {
                claims++;
                emit(new Marker(sequence, pe, id, pc, EL, Marker.Kind.PHASE, in.restOfLine()));
            } else {
                record();
                records++;
            }
        }
    }

    private void record() throws TraceFormatException {
        in.expect('(');
        in.atom("a kind of record");
        RecordKind kind = RecordKind.of(in);
        id = in.decimalField(ID);
        long thread = in.decimalField(TID);
        if (thread >= MAX_PES) {
            throw in.tokenError("tid %d: at most %d threads are supported".formatted(thread, MAX_PES));
        }
        pe = (int) thread;
        switch (kind) {
            case MEM_WRITE -> memWrite();
            case MEM_READ -> {
                long address = in.hexField(ADDRESS);
                in.hexField(VALUE);
                close();
                emit(new MemoryRead(sequence, pe, id, pc, EL, address, address, 8, true));
            }
            case MEM_INIT -> memInit();
            case MEM_FREE -> {
                long address = in.hexField(ADDRESS);
                long size = in.hexField(SIZE);
                close();
                role(PageRole.Role.FREED, address, size, 0);
            }
            case MEM_SET -> memSet();
            case BARRIER -> barrier();
            case TLBI -> tlbi();
            case SYSREG_WRITE -> sysregWrite();
            case HINT -> hint();
            case LOCK, TRYLOCK -> lock(PageRole.Role.LOCKED);
            case UNLOCK -> lock(PageRole.Role.UNLOCKED);
        }
    }

    /** The optional source and the end of the record; after this the PC is that of the record. */
    private void close() throws TraceFormatException {
        pc = in.source(SRC) ? sources.number(in.tokenStart(), in.tokenEnd()) : 0;
        in.expect(')');
    }

    private void emit(TranslationEvent event) {
        sequence++;
        sink.accept(event);
    }

    private void role(PageRole.Role role, long pa, long length, long argument) {
        emit(new PageRole(sequence, pe, id, pc, EL, role, pa, length, argument));
    }

    private void memWrite() throws TraceFormatException {
        in.field(ORDER);
        if (!in.is(PLAIN) && !in.is(RELEASE)) {
            throw in.tokenError("mem-order must be plain or release, not '" + in.token() + "'");
        }
        long address = in.hexField(ADDRESS);
        long value = in.hexField(VALUE);
        close();
        store(address, value, WriteOrigin.STORE);
    }

    private void store(long address, long value, WriteOrigin origin) {
        long old = memory.get(address);
        int size = 8;
        long next = value;
        if ((address & 7) != 0) {
            size = (int) Long.lowestOneBit(address & 7);
            int shift = (int) (address & 7) * 8;
            long mask = ((1L << (size * 8)) - 1) << shift;
            next = (old & ~mask) | ((value << shift) & mask);
        }
        memory.put(address, next);
        emit(new DescriptorWrite(sequence, pe, id, pc, EL, address, size, old, next, true, address, origin));
    }

    private void memInit() throws TraceFormatException {
        long address = in.hexField(ADDRESS);
        long size = in.hexField(SIZE);
        close();
        for (long pa : memory.nonZero(address, size)) {
            store(pa, 0, WriteOrigin.ZERO);
        }
        role(PageRole.Role.INITIALISED, address, size, 0);
    }

    private void memSet() throws TraceFormatException {
        long address = in.hexField(ADDRESS);
        if ((address & 0xfff) != 0) {
            throw in.tokenError("mem-set must start at a page, not at 0x%x".formatted(address));
        }
        long size = in.hexField(SIZE);
        if ((size & 0xfff) != 0) {
            throw in.tokenError("mem-set must fill whole pages, not 0x%x bytes".formatted(size));
        }
        long value = in.hexField(VALUE);
        if (value != 0 && Long.compareUnsigned(size, MAX_FILL) > 0) {
            throw in.tokenError("mem-set of 0x%x bytes; at most 0x%x can be filled at once".formatted(size, MAX_FILL));
        }
        close();
        if (value == 0) {
            for (long pa : memory.nonZero(address, size)) {
                store(pa, 0, WriteOrigin.ZERO);
            }
            return;
        }
        for (long offset = 0; offset < size; offset += 8) {
            store(address + offset, value, WriteOrigin.STORE);
        }
    }

    private void barrier() throws TraceFormatException {
        in.atom("isb or dsb");
        if (in.is(ISB)) {
            close();
            synchronise();
        } else if (in.is(DSB)) {
            in.field(KIND);
            Keywords.Dsb dsb = DSBS.find(in);
            if (dsb == null) {
                throw in.tokenError("unknown dsb kind '%s', expected one of %s".formatted(in.token(), DSBS.list()));
            }
            close();
            emit(new Barrier(sequence, pe, id, pc, EL, Barrier.Kind.DSB, dsb.domain(), dsb.types(), false));
        } else {
            throw in.tokenError("expected isb or dsb, found '" + in.token() + "'");
        }
    }

    private void synchronise() {
        emit(new ContextSynchronization(sequence, pe, id, pc, EL, ContextSynchronization.Cause.ISB));
    }

    private void tlbi() throws TraceFormatException {
        in.atom("a TLBI operation");
        Keywords.Tlbi tlbi = TLBIS.find(in);
        if (tlbi == null) {
            throw in.tokenError("unknown TLBI operation '" + in.token() + "'");
        }
        long operand = tlbi.operand() ? in.hexField(VALUE) : 0;
        close();
        emit(new TlbInvalidate(sequence, pe, id, pc, EL, tlbi.operation(), operand, tlbi.shareability(), false));
    }

    private void sysregWrite() throws TraceFormatException {
        in.field(SYSREG);
        TranslationRegister register = REGISTERS.find(in);
        if (register == null) {
            throw in.tokenError("unknown system register '" + in.token() + "'");
        }
        long value = in.hexField(VALUE);
        close();
        emit(new RegisterWrite(sequence, pe, id, pc, EL, register, value));
        synchronise();
    }

    private void hint() throws TraceFormatException {
        in.field(KIND);
        PageRole.Role role = HINTS.find(in);
        if (role == null) {
            throw in.tokenError("unknown hint '%s', expected one of %s".formatted(in.token(), HINTS.list()));
        }
        long location = in.hexField(LOCATION);
        long value = in.hexField(VALUE);
        close();
        role(role, location, role == PageRole.Role.ENTRY_OWNER ? 8 : 4096, value);
    }

    private void lock(PageRole.Role role) throws TraceFormatException {
        long address = in.hexField(ADDRESS);
        close();
        role(role, address, 8, 0);
    }
}

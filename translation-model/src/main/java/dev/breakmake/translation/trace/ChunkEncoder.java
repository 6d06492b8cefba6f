package dev.breakmake.translation.trace;

import dev.breakmake.translation.event.ExceptionLevel;
import dev.breakmake.translation.event.TranslationEvent;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.Deflater;
import org.jspecify.annotations.Nullable;

/** Collects the events of one chunk in columns and packs them. Nothing of one chunk depends on another. */
final class ChunkEncoder implements FieldSink, AutoCloseable {
    /** Bits of the kind column beside the type. */
    static final int PE_CHANGED = 0x20;

    static final int EL_CHANGED = 0x40;
    static final int TYPE_MASK = 0x1f;

    /** Columns before those of {@link Field}: kind, PE, EL, instructions, PC. */
    static final int COMMON_COLUMNS = 5;

    private final Column[] columns = new Column[COMMON_COLUMNS + Field.count()];
    private final long[] current = new long[Field.count()];
    private final Deflater deflater;
    private long[] instructions = new long[4];
    private long[] pcs = new long[4];
    private @Nullable ExceptionLevel[] levels = new @Nullable ExceptionLevel[4];
    private int pe;
    private int events;
    private long firstSequence;
    private long firstStep;

    ChunkEncoder(int compressionLevel) {
        this.deflater = new Deflater(compressionLevel, true);
        for (int i = 0; i < columns.length; i++) {
            columns[i] = new Column();
        }
    }

    int events() {
        return events;
    }

    /** Bytes so far, before compression. */
    int rawLength() {
        int sum = 0;
        for (Column column : columns) {
            sum += column.length();
        }
        return sum;
    }

    void add(TranslationEvent event, long step) {
        if (events == 0) {
            firstSequence = event.sequence();
            firstStep = step;
        }
        EventType type = EventType.of(event);
        int kind = type.ordinal();
        if (type != EventType.HEADER) {
            kind |= addCommon(event);
        }
        columns[0].putVarint(kind);
        EventCodec.write(type, event, this);
        events++;
    }

    private int addCommon(TranslationEvent event) {
        int flags = 0;
        if (event.pe() != pe) {
            pe = event.pe();
            flags |= PE_CHANGED;
            columns[1].putVarint(pe);
            if (pe >= levels.length) {
                int size = Math.max(pe + 1, 2 * levels.length);
                instructions = Arrays.copyOf(instructions, size);
                pcs = Arrays.copyOf(pcs, size);
                levels = Arrays.copyOf(levels, size);
            }
        }
        if (levels[pe] != event.el()) {
            levels[pe] = event.el();
            flags |= EL_CHANGED;
            columns[2].putVarint(event.el().ordinal());
        }
        columns[3].putVarint(Column.zigzag(event.instructions() - instructions[pe]));
        instructions[pe] = event.instructions();
        columns[4].putVarint(Column.zigzag(event.pc() - pcs[pe]));
        pcs[pe] = event.pc();
        return flags;
    }

    @Override
    public void number(Field field, long value) {
        Column column = columns[COMMON_COLUMNS + field.ordinal()];
        current[field.ordinal()] = value;
        switch (field.coding()) {
            case PLAIN -> column.putVarint(value);
            case DELTA -> column.putDelta(value);
            case DELTA_OR_ZERO -> column.putDeltaOrZero(value);
            case OFFSET -> column.putDelta(value - current[field.base()]);
            case BYTES -> throw new IllegalArgumentException(field + " is text");
        }
    }

    @Override
    public void text(Field field, String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > TraceFormat.MAX_RAW_BYTES / 4) {
            throw new IllegalArgumentException(
                    "%s of %d bytes is too long for a trace".formatted(field.word(), bytes.length));
        }
        columns[COMMON_COLUMNS + field.ordinal()].putBytes(bytes);
    }

    /** The chunk with its header; the encoder is empty again after that. */
    byte[] finish() {
        Column raw = new Column();
        for (int i = 0; i < columns.length; i++) {
            if (columns[i].length() > 0) {
                raw.putVarint(i);
                raw.putBytes(Arrays.copyOf(columns[i].bytes(), columns[i].length()));
                columns[i].clear();
            }
        }
        byte[] chunk = pack(deflater, TraceFormat.KIND_EVENTS, events, raw, firstSequence, firstStep);
        Arrays.fill(instructions, 0);
        Arrays.fill(pcs, 0);
        Arrays.fill(levels, null);
        Arrays.fill(current, 0);
        pe = 0;
        events = 0;
        return chunk;
    }

    static byte[] pack(Deflater deflater, int kind, int events, Column raw, long firstSequence, long firstStep) {
        int header = TraceFormat.CHUNK_HEADER_BYTES;
        byte[] packed = new byte[header + raw.length()];
        deflater.reset();
        deflater.setInput(raw.bytes(), 0, raw.length());
        deflater.finish();
        int stored = deflater.deflate(packed, header, raw.length());
        if (!deflater.finished()) {
            // Compression would make it longer: store it as it is.
            stored = raw.length();
            System.arraycopy(raw.bytes(), 0, packed, header, stored);
        }
        ByteBuffer buffer = ByteBuffer.wrap(packed).order(ByteOrder.LITTLE_ENDIAN);
        new TraceFormat.ChunkHeader(kind, events, raw.length(), stored, firstSequence, firstStep).put(buffer, 0);
        return Arrays.copyOf(packed, header + stored);
    }

    @Override
    public void close() {
        deflater.end();
    }
}

package dev.breakmake.translation.trace;

import dev.breakmake.translation.event.EventSink;
import dev.breakmake.translation.event.ExceptionLevel;
import dev.breakmake.translation.trace.TraceFormatException.BadField;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Unpacked columns of one chunk back into events. Every number is checked; every column must be used up. */
final class ChunkDecoder implements FieldSource {
    private static final ExceptionLevel[] LEVELS = ExceptionLevel.values();
    private static final int MAX_PES = 1 << 16;

    private final @Nullable ColumnReader[] columns =
            new @Nullable ColumnReader[ChunkEncoder.COMMON_COLUMNS + Field.count()];
    private final long[] current = new long[Field.count()];
    private long[] instructions = new long[4];
    private long[] pcs = new long[4];
    private @Nullable ExceptionLevel[] levels = new @Nullable ExceptionLevel[4];
    private int pe;

    private ChunkDecoder() {}

    /**
     * Reads a chunk's columns and gives its events to the sink, in order.
     *
     * @throws BadField if anything about them is wrong; events before that were already given
     */
    static void decode(byte[] raw, int events, long firstSequence, EventSink sink) throws BadField {
        ChunkDecoder decoder = new ChunkDecoder();
        decoder.split(raw);
        for (int i = 0; i < events; i++) {
            decoder.event(firstSequence + i, sink);
        }
        for (ColumnReader column : decoder.columns) {
            if (column != null && !column.atEnd()) {
                throw new BadField("a column holds more than the chunk's " + events + " events");
            }
        }
    }

    private void split(byte[] raw) throws BadField {
        ColumnReader whole = new ColumnReader(raw, 0, raw.length);
        int last = -1;
        while (!whole.atEnd()) {
            long id = whole.varint();
            if (id <= last || id >= columns.length) {
                throw new BadField("column %d follows column %d".formatted(id, last));
            }
            last = (int) id;
            columns[last] = whole.slice();
        }
    }

    private ColumnReader column(int index) throws BadField {
        ColumnReader column = columns[index];
        if (column == null) {
            throw new BadField("column %d is missing".formatted(index));
        }
        return column;
    }

    private void event(long sequence, EventSink sink) throws BadField {
        long kind = column(0).varint();
        int type = (int) kind & ChunkEncoder.TYPE_MASK;
        if (kind >>> 7 != 0 || type >= EventType.count()) {
            throw new BadField("unknown event type " + kind);
        }
        EventType eventType = EventType.at(type);
        if ((eventType == EventType.HEADER) != (sequence == 0)) {
            throw new BadField("the header must be event 0 and nothing else, found it wrong at event " + sequence);
        }
        sink.accept(EventCodec.read(eventType, common(eventType, sequence, (int) kind), this));
    }

    private EventCodec.Common common(EventType type, long sequence, int kind) throws BadField {
        if (type == EventType.HEADER) {
            return new EventCodec.Common(0, 0, 0, 0, ExceptionLevel.EL0);
        }
        if ((kind & ChunkEncoder.PE_CHANGED) != 0) {
            long next = column(1).varint();
            if (next < 0 || next >= MAX_PES) {
                throw new BadField("PE " + Long.toUnsignedString(next) + " is beyond the largest, " + (MAX_PES - 1));
            }
            pe = (int) next;
            if (pe >= levels.length) {
                int size = Math.max(pe + 1, 2 * levels.length);
                instructions = Arrays.copyOf(instructions, size);
                pcs = Arrays.copyOf(pcs, size);
                levels = Arrays.copyOf(levels, size);
            }
        }
        if ((kind & ChunkEncoder.EL_CHANGED) != 0) {
            long next = column(2).varint();
            if (next < 0 || next >= LEVELS.length) {
                throw new BadField("no exception level has number " + next);
            }
            levels[pe] = LEVELS[(int) next];
        }
        ExceptionLevel level = levels[pe];
        if (level == null) {
            throw new BadField("the first event of PE " + pe + " in a chunk has no exception level");
        }
        instructions[pe] += Column.unzigzag(column(3).varint());
        pcs[pe] += Column.unzigzag(column(4).varint());
        return new EventCodec.Common(sequence, pe, instructions[pe], pcs[pe], level);
    }

    @Override
    public long number(Field field) throws BadField {
        ColumnReader column = column(ChunkEncoder.COMMON_COLUMNS + field.ordinal());
        long value = switch (field.coding()) {
            case PLAIN -> column.varint();
            case DELTA -> column.delta();
            case DELTA_OR_ZERO -> column.deltaOrZero();
            case OFFSET -> column.delta() + current[field.base()];
            case BYTES -> throw new IllegalArgumentException(field + " is text");
        };
        current[field.ordinal()] = value;
        return value;
    }

    @Override
    public String text(Field field) throws BadField {
        return column(ChunkEncoder.COMMON_COLUMNS + field.ordinal()).string();
    }
}

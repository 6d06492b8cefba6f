package dev.breakmake.translation.trace;

import dev.breakmake.translation.trace.TraceFormatException.BadField;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Bytes of one column while it is read; the counterpart of {@link Column}. */
final class ColumnReader {
    private final byte[] bytes;
    private int position;
    private final int end;
    private long previous;

    ColumnReader(byte[] bytes, int start, int end) {
        this.bytes = bytes;
        this.position = start;
        this.end = end;
    }

    boolean atEnd() {
        return position == end;
    }

    long varint() throws BadField {
        long value = 0;
        for (int shift = 0; shift < 70; shift += 7) {
            if (position == end) {
                throw new BadField("a column ends before its last event");
            }
            byte next = bytes[position++];
            if (shift == 63 && (next & 0xfe) != 0) {
                break;
            }
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new BadField("a number is longer than 64 bits");
    }

    long delta() throws BadField {
        previous += Column.unzigzag(varint());
        return previous;
    }

    long deltaOrZero() throws BadField {
        long code = varint();
        if (code == 0) {
            return 0;
        }
        long zero = Column.zigzag(-previous);
        previous += Column.unzigzag(Long.compareUnsigned(code, zero) <= 0 ? code - 1 : code);
        return previous;
    }

    /** The next bytes with their length before them, as a column of their own. */
    ColumnReader slice() throws BadField {
        int start = take();
        return new ColumnReader(bytes, start, position);
    }

    /** Skips a counted run of bytes; returns where it starts, the position is then its end. */
    private int take() throws BadField {
        long length = varint();
        if (length < 0 || length > end - position) {
            throw new BadField("%s bytes do not fit the column".formatted(Long.toUnsignedString(length)));
        }
        int start = position;
        position += (int) length;
        return start;
    }

    String string() throws BadField {
        int start = take();
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, start, position - start))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new BadField("a text is not valid UTF-8");
        }
    }
}

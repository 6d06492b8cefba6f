package dev.breakmake.translation.trace;

import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** Unpacks the payload of a chunk into exactly the number of bytes its header states, which bounds what a hostile file can ask for. */
final class Inflation {
    private Inflation() {}

    static byte[] inflate(byte[] packed, int rawLength, long offset) throws TraceFormatException {
        byte[] raw = new byte[rawLength];
        Inflater inflater = new Inflater(true);
        try {
            inflater.setInput(packed);
            int length = inflater.inflate(raw);
            if (length != rawLength || (!inflater.finished() && inflater.inflate(new byte[1]) != 0)) {
                throw TraceReader.at(offset, "the chunk unpacks to another length than its header states");
            }
            return raw;
        } catch (DataFormatException e) {
            throw TraceReader.at(offset, "the chunk does not unpack: " + e.getMessage());
        } finally {
            inflater.end();
        }
    }
}

package dev.breakmake.lab.trace.domain;

import com.github.luben.zstd.Zstd;

/** zstd for the summaries stored beside a trace file. The file itself is compressed by its writer. */
final class Compression {

    private static final int LEVEL = 9;

    private Compression() {}

    static byte[] pack(byte[] plain) {
        return Zstd.compress(plain, LEVEL);
    }

    static byte[] unpack(byte[] packed) {
        long size = Zstd.getFrameContentSize(packed);
        return Zstd.decompress(packed, Math.toIntExact(size));
    }
}

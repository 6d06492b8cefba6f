package dev.breakmake.qemu.observe;

import dev.breakmake.translation.walk.MemoryView;
import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The guest's RAM, shared with QEMU by a file mapping and only read here. Stable while the guest is stopped. */
public final class GuestMemory implements MemoryView, Closeable {

    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Arena arena;
    private final MemorySegment memory;
    private final long base;

    private GuestMemory(Arena arena, MemorySegment memory, long base) {
        this.arena = arena;
        this.memory = memory;
        this.base = base;
    }

    /** Maps a guest memory file whose first byte is at that physical address. */
    // The arena lives as long as the GuestMemory it becomes part of and is closed with it.
    @SuppressWarnings("MustBeClosedChecker")
    public static GuestMemory map(Path file, long base, long bytes) throws IOException {
        Arena arena = Arena.ofShared();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return new GuestMemory(arena, channel.map(FileChannel.MapMode.READ_ONLY, 0, bytes, arena), base);
        } catch (IOException | RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    /** Whether that many bytes at a physical address are RAM. */
    public boolean contains(long pa, long bytes) {
        long offset = pa - base;
        return offset >= 0 && offset <= memory.byteSize() - bytes;
    }

    /** The aligned 64-bit word at a physical address; 0 where there is no RAM. */
    @Override
    public long read64(long pa) {
        return contains(pa, 8) ? memory.get(LONG, pa - base) : 0;
    }

    @Override
    public boolean present(long pa) {
        return contains(pa, 8);
    }

    /** The 32-bit word at a physical address. */
    public int read32(long pa) {
        return memory.get(INT, pa - base);
    }

    /** A view of physical memory. */
    public MemorySegment slice(long pa, long bytes) {
        return memory.asSlice(pa - base, bytes);
    }

    /** Physical address of the first byte. */
    public long base() {
        return base;
    }

    /** Bytes of RAM. */
    public long size() {
        return memory.byteSize();
    }

    @Override
    public void close() {
        arena.close();
    }
}

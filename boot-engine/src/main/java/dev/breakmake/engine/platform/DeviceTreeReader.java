package dev.breakmake.engine.platform;

import dev.breakmake.translation.event.AddressRange;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reads a flattened device tree blob of format version 16 or 17; any other bytes give a clear error and never more than that. */
public final class DeviceTreeReader {

    /** Deeper trees than any board has are refused so that hostile input cannot exhaust the stack. */
    private static final int DEEPEST = 64;

    private final ByteBuffer blob;
    private final int structureEnd;
    private final int stringsStart;
    private final int stringsEnd;
    private int position;

    private DeviceTreeReader(ByteBuffer blob, int structureStart, int structureEnd, int stringsStart, int stringsEnd) {
        this.blob = blob;
        this.position = structureStart;
        this.structureEnd = structureEnd;
        this.stringsStart = stringsStart;
        this.stringsEnd = stringsEnd;
    }

    /**
     * Reads a blob; bytes after its stated size are ignored.
     *
     * @throws DeviceTreeException if it is none, or damaged
     */
    public static DeviceTree read(byte[] bytes) throws DeviceTreeException {
        ByteBuffer blob = ByteBuffer.wrap(bytes);
        if (bytes.length < DeviceTreeWriter.HEADER_BYTES) {
            throw new DeviceTreeException(bytes.length, "ends within the header of 40 bytes");
        }
        if (blob.getInt(0) != DeviceTreeWriter.MAGIC) {
            throw new DeviceTreeException(0, "magic is 0x%08x, not 0xd00dfeed".formatted(blob.getInt(0)));
        }
        int total = blob.getInt(4);
        if (total < DeviceTreeWriter.HEADER_BYTES || total > bytes.length) {
            throw new DeviceTreeException(
                    4, "header says %d bytes, there are %d".formatted(Integer.toUnsignedLong(total), bytes.length));
        }
        int version = blob.getInt(20);
        int oldestReader = blob.getInt(24);
        if (version < 16 || oldestReader > DeviceTreeWriter.VERSION) {
            throw new DeviceTreeException(
                    20, "format version %d (readable from %d on) is not 16 or 17".formatted(version, oldestReader));
        }
        int structure = blob.getInt(8);
        int strings = blob.getInt(12);
        int structureSize = version >= 17 ? blob.getInt(36) : total - structure;
        check(structure, structureSize, total, 8, "structure");
        check(strings, blob.getInt(32), total, 12, "strings");
        List<AddressRange> reservations = reservations(blob, blob.getInt(16), total);
        DeviceTreeReader reader =
                new DeviceTreeReader(blob, structure, structure + structureSize, strings, strings + blob.getInt(32));
        return new DeviceTree(reader.root(), reservations, blob.getInt(28));
    }

    private static void check(int start, int size, int total, int field, String block) throws DeviceTreeException {
        if (start < DeviceTreeWriter.HEADER_BYTES || size < 0 || start > total - size) {
            throw new DeviceTreeException(
                    field,
                    "the %s block (offset 0x%x, %d bytes) lies outside the blob of %d bytes"
                            .formatted(block, start, Integer.toUnsignedLong(size), total));
        }
    }

    private static List<AddressRange> reservations(ByteBuffer blob, int start, int total) throws DeviceTreeException {
        List<AddressRange> ranges = new ArrayList<>();
        if (start < DeviceTreeWriter.HEADER_BYTES) {
            throw new DeviceTreeException(16, "the reservation block starts within the header");
        }
        for (int at = start; ; at += 16) {
            if (at > total - 16) {
                throw new DeviceTreeException(at, "the reservation block has no end");
            }
            long address = blob.getLong(at);
            long size = blob.getLong(at + 8);
            if (address == 0 && size == 0) {
                return ranges;
            }
            if (size < 0 || Long.compareUnsigned(address + size, address) < 0) {
                throw new DeviceTreeException(
                        at, "reservation of 0x%x bytes at 0x%x wraps around".formatted(size, address));
            }
            ranges.add(new AddressRange(address, address + size));
        }
    }

    private DeviceTreeNode root() throws DeviceTreeException {
        int token = token();
        if (token != DeviceTreeWriter.BEGIN_NODE) {
            throw new DeviceTreeException(position - 4, "expected the root node, found token " + token);
        }
        DeviceTreeNode root = new DeviceTreeNode(name());
        content(root, 0);
        int end = token();
        if (end != DeviceTreeWriter.END) {
            throw new DeviceTreeException(position - 4, "expected the end after the root node, found token " + end);
        }
        return root;
    }

    private void content(DeviceTreeNode node, int depth) throws DeviceTreeException {
        if (depth > DEEPEST) {
            throw new DeviceTreeException(position, "nodes are nested deeper than " + DEEPEST);
        }
        while (true) {
            int at = position;
            int token = token();
            switch (token) {
                case DeviceTreeWriter.BEGIN_NODE -> {
                    String name = name();
                    if (name.isEmpty() || node.find(name) != null) {
                        throw new DeviceTreeException(at, "node name '%s' is empty or used twice".formatted(name));
                    }
                    content(node.child(name), depth + 1);
                }
                case DeviceTreeWriter.PROPERTY -> property(node);
                case DeviceTreeWriter.END_NODE -> {
                    return;
                }
                default -> throw new DeviceTreeException(at, "unknown token 0x%x".formatted(token));
            }
        }
    }

    private void property(DeviceTreeNode node) throws DeviceTreeException {
        int at = position;
        need(8);
        int length = blob.getInt(position);
        int nameOffset = blob.getInt(position + 4);
        position += 8;
        if (nameOffset < 0 || nameOffset >= stringsEnd - stringsStart) {
            throw new DeviceTreeException(at, "property name at 0x%x lies outside the strings".formatted(nameOffset));
        }
        String name = text(stringsStart + nameOffset, stringsEnd);
        if (length < 0 || length > structureEnd - position) {
            throw new DeviceTreeException(
                    at,
                    "property '%s' of %d bytes runs beyond the structure block"
                            .formatted(name, Integer.toUnsignedLong(length)));
        }
        byte[] value = new byte[length];
        blob.get(position, value);
        node.bytes(name, value);
        position += length;
        align();
    }

    private int token() throws DeviceTreeException {
        int token;
        do {
            need(4);
            token = blob.getInt(position);
            position += 4;
        } while (token == DeviceTreeWriter.NOP);
        return token;
    }

    private String name() throws DeviceTreeException {
        String name = text(position, structureEnd);
        position += name.getBytes(StandardCharsets.UTF_8).length + 1;
        align();
        return name;
    }

    private String text(int start, int limit) throws DeviceTreeException {
        int end = start;
        while (end < limit && blob.get(end) != 0) {
            end++;
        }
        if (end >= limit) {
            throw new DeviceTreeException(start, "a name has no end");
        }
        byte[] bytes = new byte[end - start];
        blob.get(start, bytes);
        for (byte b : bytes) {
            if (b < 0x20) {
                throw new DeviceTreeException(start, "a name contains the byte 0x%02x".formatted(b & 0xff));
            }
        }
        return new String(bytes, StandardCharsets.US_ASCII);
    }

    private void need(int bytes) throws DeviceTreeException {
        if (position > structureEnd - bytes) {
            throw new DeviceTreeException(position, "the structure block ends within an item");
        }
    }

    private void align() {
        position = (position + 3) & ~3;
    }
}

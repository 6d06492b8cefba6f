package dev.breakmake.engine.platform;

import dev.breakmake.translation.event.AddressRange;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** Writes a device tree as a flattened blob of format version 17. */
public final class DeviceTreeWriter {

    static final int MAGIC = 0xd00d_feed;
    static final int BEGIN_NODE = 1;
    static final int END_NODE = 2;
    static final int PROPERTY = 3;
    static final int NOP = 4;
    static final int END = 9;
    static final int HEADER_BYTES = 40;
    static final int VERSION = 17;

    private static final int COMPATIBLE_VERSION = 16;

    private final ByteArrayOutputStream structure = new ByteArrayOutputStream();
    private final DataOutputStream words = new DataOutputStream(structure);
    private final ByteArrayOutputStream strings = new ByteArrayOutputStream();
    private final Map<String, Integer> stringOffsets = new LinkedHashMap<>();

    private DeviceTreeWriter() {}

    /** The same blob with unused space at its end: its total size field (offset 4) says the new size. */
    static byte[] padded(byte[] blob, int bytes) {
        byte[] result = Arrays.copyOf(blob, bytes);
        ByteBuffer.wrap(result).putInt(4, bytes);
        return result;
    }

    /** The blob of a tree. */
    public static byte[] write(DeviceTree tree) {
        try {
            return new DeviceTreeWriter().blob(tree);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    private byte[] blob(DeviceTree tree) throws IOException {
        node(tree.root());
        words.writeInt(END);
        int reservationBytes = 16 * (tree.reservations().size() + 1);
        int structureStart = HEADER_BYTES + reservationBytes;
        int stringsStart = structureStart + structure.size();
        ByteArrayOutputStream blob = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(blob);
        int[] header = {
            MAGIC,
            stringsStart + strings.size(),
            structureStart,
            stringsStart,
            HEADER_BYTES,
            VERSION,
            COMPATIBLE_VERSION,
            tree.bootCpu(),
            strings.size(),
            structure.size()
        };
        for (int word : header) {
            out.writeInt(word);
        }
        for (AddressRange range : tree.reservations()) {
            out.writeLong(range.start());
            out.writeLong(range.size());
        }
        out.writeLong(0);
        out.writeLong(0);
        structure.writeTo(out);
        strings.writeTo(out);
        return blob.toByteArray();
    }

    private void node(DeviceTreeNode node) throws IOException {
        words.writeInt(BEGIN_NODE);
        words.write(node.name().getBytes(StandardCharsets.UTF_8));
        words.write(0);
        align();
        for (Map.Entry<String, byte[]> property : node.properties().entrySet()) {
            words.writeInt(PROPERTY);
            words.writeInt(property.getValue().length);
            words.writeInt(stringOffset(property.getKey()));
            words.write(property.getValue());
            align();
        }
        for (DeviceTreeNode child : node.children()) {
            node(child);
        }
        words.writeInt(END_NODE);
    }

    private int stringOffset(String name) {
        Integer known = stringOffsets.get(name);
        if (known != null) {
            return known;
        }
        int offset = strings.size();
        strings.writeBytes(name.getBytes(StandardCharsets.UTF_8));
        strings.write(0);
        stringOffsets.put(name, offset);
        return offset;
    }

    private void align() throws IOException {
        while (structure.size() % 4 != 0) {
            words.write(0);
        }
    }
}

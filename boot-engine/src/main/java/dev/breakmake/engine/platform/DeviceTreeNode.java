package dev.breakmake.engine.platform;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A node of a device tree with its properties and children, in the order they were added. */
public final class DeviceTreeNode {

    private final String name;
    private final Map<String, byte[]> properties = new LinkedHashMap<>();
    private final Map<String, DeviceTreeNode> children = new LinkedHashMap<>();

    /** A node without content; the root has the empty name. */
    public DeviceTreeNode(String name) {
        this.name = name;
    }

    /** Name with unit address, e.g. {@code memory@40000000}. */
    public String name() {
        return name;
    }

    /** Sets a property without value. */
    public DeviceTreeNode flag(String property) {
        return bytes(property, new byte[0]);
    }

    /** Sets a property of raw bytes. */
    public DeviceTreeNode bytes(String property, byte[] value) {
        properties.put(property, value.clone());
        return this;
    }

    /** Sets a property of 32-bit cells. */
    public DeviceTreeNode cells(String property, int... cells) {
        ByteBuffer buffer = ByteBuffer.allocate(4 * cells.length);
        for (int cell : cells) {
            buffer.putInt(cell);
        }
        return bytes(property, buffer.array());
    }

    /** Sets a property of 64-bit numbers, two cells each: {@code reg} with two address and two size cells. */
    public DeviceTreeNode wide(String property, long... numbers) {
        ByteBuffer buffer = ByteBuffer.allocate(8 * numbers.length);
        for (long number : numbers) {
            buffer.putLong(number);
        }
        return bytes(property, buffer.array());
    }

    /** Sets a property of one or more strings. */
    public DeviceTreeNode strings(String property, String... values) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (String value : values) {
            out.writeBytes(value.getBytes(StandardCharsets.UTF_8));
            out.write(0);
        }
        return bytes(property, out.toByteArray());
    }

    /** The child of that name, made if missing. */
    public DeviceTreeNode child(String childName) {
        return children.computeIfAbsent(childName, DeviceTreeNode::new);
    }

    /** The child of that name, or null. */
    public @Nullable DeviceTreeNode find(String childName) {
        return children.get(childName);
    }

    /** Removes a child if there is one. */
    public void remove(String childName) {
        children.remove(childName);
    }

    /** The children in order. */
    public List<DeviceTreeNode> children() {
        return List.copyOf(children.values());
    }

    /** The properties in order; do not change the arrays. */
    public Map<String, byte[]> properties() {
        return Collections.unmodifiableMap(properties);
    }

    /** First string of a property, or null if it is missing or does not end in a zero byte. */
    public @Nullable String string(String property) {
        byte[] value = properties.get(property);
        if (value == null) {
            return null;
        }
        for (int i = 0; i < value.length; i++) {
            if (value[i] == 0) {
                return new String(value, 0, i, StandardCharsets.UTF_8);
            }
        }
        return null;
    }

    /** A cell of a property as an unsigned number, or the default if the property is missing or too short. */
    public long cell(String property, int index, long missing) {
        byte[] value = properties.get(property);
        return value == null || value.length < 4 * index + 4
                ? missing
                : Integer.toUnsignedLong(ByteBuffer.wrap(value).getInt(4 * index));
    }
}

package dev.breakmake.lab.scheduler.matrix;

import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import dev.breakmake.lab.scheduler.document.Scalars;
import dev.breakmake.lab.v1.BootSpec;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The fields of {@link BootSpec} by name: what an axis may be called, and the one canonical text of each value. */
public final class BootFields {

    private static final Set<String> OUTPUT_ONLY = Set.of("imageDigest");
    private static final String FLOW_OPTIONS = "flowOptions.";
    private static final Pattern FLOW_OPTION = Pattern.compile("flowOptions\\.[a-z0-9][a-z0-9-]{0,62}");
    private static final Map<String, FieldDescriptor> FIELDS = fields();

    private BootFields() {}

    private static Map<String, FieldDescriptor> fields() {
        Map<String, FieldDescriptor> fields = new LinkedHashMap<>();
        for (FieldDescriptor field : BootSpec.getDescriptor().getFields()) {
            boolean single = !field.isRepeated() && field.getJavaType() != JavaType.MESSAGE;
            if (single && !OUTPUT_ONLY.contains(field.getJsonName())) {
                fields.put(field.getJsonName(), field);
            }
        }
        return fields;
    }

    /** Whether {@code name} is a field an axis may vary: a field of a boot, or {@code flowOptions.NAME}. */
    public static boolean isField(String name) {
        return FIELDS.containsKey(name) || FLOW_OPTION.matcher(name).matches();
    }

    /** All names, for messages. */
    public static String known() {
        return FIELDS.keySet().stream().collect(Collectors.joining(", ")) + ", " + FLOW_OPTIONS + "NAME";
    }

    /**
     * The canonical text of a value: {@code 1GiB} becomes {@code 1073741824}. Throws IllegalArgumentException with a text for people when
     * {@code name} is no field or {@code text} none of its values.
     */
    public static String canonical(String name, String text) {
        return isFlowOption(name) ? text : text(field(name), parse(name, text));
    }

    /** Sets a field from the text of a value. */
    public static void set(BootSpec.Builder boot, String name, String text) {
        if (isFlowOption(name)) {
            boot.putFlowOptions(name.substring(FLOW_OPTIONS.length()), text);
        } else {
            boot.setField(field(name), parse(name, text));
        }
    }

    /** The canonical text of what {@code boot} has in a field; fields that are not set have the text of their default. */
    public static String get(BootSpec boot, String name) {
        return isFlowOption(name)
                ? boot.getFlowOptionsOrDefault(name.substring(FLOW_OPTIONS.length()), "")
                : text(field(name), boot.getField(field(name)));
    }

    private static boolean isFlowOption(String name) {
        return FLOW_OPTION.matcher(name).matches();
    }

    private static FieldDescriptor field(String name) {
        FieldDescriptor field = FIELDS.get(name);
        if (field == null) {
            throw new IllegalArgumentException("'" + name + "' is no field of a boot; known are " + known());
        }
        return field;
    }

    private static Object parse(String name, String text) {
        return name.equals("loadAddress") ? address(text) : Scalars.value(field(name), text);
    }

    /** Canonical form of a physical address: 0x and lower-case digits without leading zeros. */
    static String address(String text) {
        try {
            BigInteger value = text.startsWith("0x") || text.startsWith("0X")
                    ? new BigInteger(text.substring(2), 16)
                    : new BigInteger(text);
            if (value.signum() >= 0 && value.bitLength() <= 52) {
                return "0x" + value.toString(16);
            }
        } catch (NumberFormatException e) {
            throw badAddress(text);
        }
        throw badAddress(text);
    }

    private static IllegalArgumentException badAddress(String text) {
        return new IllegalArgumentException(
                "'" + text + "' is no physical address of at most 52 bits; write it like 0x40200000");
    }

    private static String text(FieldDescriptor field, Object value) {
        if (!(value instanceof EnumValueDescriptor constant)) {
            return String.valueOf(value);
        }
        boolean unsetBackend = constant.getNumber() == 0 && field.getJsonName().equals("backend");
        return unsetBackend ? "ENGINE" : Scalars.name(constant);
    }
}

package dev.breakmake.engine.flow;

import dev.breakmake.translation.event.Architecture;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Flows by name, as job files and matrices call them: {@code ARCH/PRESET}, for example {@code arm64/series}, and options by name, for
 * example {@code insert-barriers: true}.
 */
public final class FlowName {

    private FlowName() {}

    /**
     * The flow of a name.
     *
     * @param name {@code arm64} or {@code arm32}, a slash and a preset
     * @param options decisions by name or patch number; {@code true} or {@code on} takes one, {@code false} or {@code off} leaves it;
     *     and {@link TableOptions} by name
     * @param loadAddress physical address of the image; null for the usual one
     * @param pes number of PEs, 1 to 8
     * @throws IllegalArgumentException if there is no such flow, naming those there are
     */
    public static FlowSpecification parse(
            final String name, final Map<String, String> options, final @Nullable Long loadAddress, final int pes) {
        final int slash = name.indexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException(
                    "no flow '%s'; a flow is ARCH/PRESET, for example arm64/series: %s".formatted(name, presets()));
        }
        FlowSpecification flow =
                FlowSpecification.of(architecture(name.substring(0, slash)), preset(name.substring(slash + 1)), pes);
        for (final Map.Entry<String, String> option : options.entrySet()) {
            flow = with(flow, option.getKey(), option.getValue());
        }
        return loadAddress == null ? flow : flow.at(loadAddress);
    }

    private static FlowSpecification with(final FlowSpecification flow, final String option, final String value) {
        return TableOptions.NAMES.contains(option)
                ? flow.with(flow.tables().with(option, value))
                : flow.with(Patch.of(option), taken(option, value));
    }

    /**
     * The architecture of a name.
     *
     * @throws IllegalArgumentException if it is neither {@code arm64} nor {@code arm32}
     */
    public static Architecture architecture(final String name) {
        return switch (name) {
            case "arm64" -> Architecture.AARCH64;
            case "arm32" -> Architecture.AARCH32;
            default -> throw new IllegalArgumentException("'" + name + "' is neither arm64 nor arm32");
        };
    }

    /** The name of an architecture: {@code arm64} or {@code arm32}. */
    public static String of(final Architecture architecture) {
        return architecture == Architecture.AARCH64 ? "arm64" : "arm32";
    }

    /**
     * The preset of a name, upper or lower case.
     *
     * @throws IllegalArgumentException if there is none, naming those there are
     */
    public static Preset preset(final String name) {
        for (final Preset each : Preset.values()) {
            if (each.id().equals(name.toLowerCase(Locale.ROOT))) {
                return each;
            }
        }
        throw new IllegalArgumentException("no preset '%s'; presets are %s".formatted(name, presets()));
    }

    private static String presets() {
        return Arrays.stream(Preset.values()).map(Preset::id).collect(Collectors.joining(", "));
    }

    private static boolean taken(final String option, final String value) {
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "true", "on" -> true;
            case "false", "off" -> false;
            default ->
                throw new IllegalArgumentException("option %s is true or false, not '%s'".formatted(option, value));
        };
    }
}

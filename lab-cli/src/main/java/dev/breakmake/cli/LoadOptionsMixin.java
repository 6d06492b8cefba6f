package dev.breakmake.cli;

import dev.breakmake.translation.event.AddressRange;
import dev.breakmake.translation.layout.Layout;
import dev.breakmake.translation.layout.LoadSweep;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** Which load addresses and image sizes are looked at. */
final class LoadOptionsMixin {

    private static final long MIB = 1L << 20;

    @Parameters(paramLabel = "LAYOUT", arity = "1..*", description = "A layout file or the name of a layout.")
    private List<String> layouts = List.of();

    @Option(
            names = "--from",
            converter = Sizes.Address.class,
            paramLabel = "PA",
            description = "Lowest load address; default: 0.")
    private long from;

    @Option(
            names = "--to",
            converter = Sizes.Size.class,
            paramLabel = "SIZE",
            description = "Load addresses end below this; default: 16TiB.")
    private long to = 16L << 40;

    @Option(
            names = "--size",
            paramLabel = "SIZE[..SIZE]",
            description = "Size of the image, or smallest and largest size; default: 2MiB.")
    private String size = "2MiB";

    @Option(
            names = "--step",
            converter = Sizes.Size.class,
            paramLabel = "SIZE",
            description = "Load addresses are multiples of this power of two; default: 2MiB.")
    private long step = 2 * MIB;

    private long smallest;
    private long largest;

    List<String> layouts() {
        return layouts;
    }

    /** The sweep of one layout. */
    List<LoadSweep.Row> rows(Layout layout) {
        readSize();
        try {
            return new LoadSweep(layout, new AddressRange(from, to), smallest, largest, step).rows();
        } catch (IllegalArgumentException e) {
            throw CommandFailure.usage(
                    String.valueOf(e.getMessage()), "breakmake layout sweep --help says what fits together");
        }
    }

    private void readSize() {
        int dots = size.indexOf("..");
        smallest = bytes(dots < 0 ? size : size.substring(0, dots));
        largest = dots < 0 ? smallest : bytes(size.substring(dots + 2));
    }

    private static long bytes(String text) {
        try {
            @Nullable Long bytes = new Sizes.Size().convert(text);
            return bytes == null ? 0 : bytes;
        } catch (TypeConversionException e) {
            throw CommandFailure.usage("--size: " + e.getMessage(), "for example --size 2MiB or --size 1MiB..8MiB");
        }
    }

    /** What was looked at, for a heading. */
    String describe() {
        return "Image of %s, load addresses are multiples of 0x%x.".formatted(size.replace("..", " to "), step);
    }
}

package dev.breakmake.translation.register;

import dev.breakmake.translation.event.Architecture;
import dev.breakmake.translation.event.Capability;
import dev.breakmake.translation.event.Feature;
import dev.breakmake.translation.event.TraceHeader;
import java.util.Set;

/**
 * What the machine implements, as far as it changes the meaning of register fields.
 *
 * @param architecture execution state
 * @param paBits implemented physical address bits
 * @param features architecture features
 * @param sizesGiven whether PS and SL0 fields are those of a real machine; if not, output addresses up to 52 bits are accepted,
 *     an inconsistent start level is replaced by the one the input size asks for, and the access flag counts as managed by hardware
 */
public record Implementation(Architecture architecture, int paBits, Set<Feature> features, boolean sizesGiven) {

    public Implementation {
        features = Set.copyOf(features);
    }

    /** Takes what the header of a run says. */
    public static Implementation of(TraceHeader header) {
        return new Implementation(
                header.architecture(),
                header.paBits(),
                header.features(),
                !header.notObservable().contains(Capability.SETUP));
    }

    boolean has(Feature feature) {
        return features.contains(feature);
    }
}

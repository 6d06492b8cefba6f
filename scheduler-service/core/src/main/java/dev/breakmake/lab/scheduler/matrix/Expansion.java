package dev.breakmake.lab.scheduler.matrix;

import dev.breakmake.lab.v1.BootSpec;
import dev.breakmake.lab.v1.Exclusion;
import java.util.List;
import java.util.Map;

/**
 * What a matrix expands to.
 *
 * @param points the cells in matrix order
 * @param exclusions how many points each rule left out
 */
public record Expansion(List<Point> points, List<Exclusion> exclusions) {

    public Expansion {
        points = List.copyOf(points);
        exclusions = List.copyOf(exclusions);
    }

    /**
     * One cell.
     *
     * @param parameters axis values, canonical: the cell's identity
     * @param overlay further fields an include entry added, canonical: not part of the identity
     */
    public record Point(Map<String, String> parameters, Map<String, String> overlay) {

        /** Identity over runs. */
        public String cellKey() {
            return CellKey.of(parameters);
        }

        /** What the cell boots: {@code base} with the point's values. */
        public BootSpec boot(BootSpec base) {
            BootSpec.Builder boot = base.toBuilder();
            parameters.forEach((name, value) -> BootFields.set(boot, name, value));
            overlay.forEach((name, value) -> BootFields.set(boot, name, value));
            return boot.build();
        }
    }
}

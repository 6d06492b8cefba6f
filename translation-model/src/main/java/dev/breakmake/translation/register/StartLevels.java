package dev.breakmake.translation.register;

/** Start level of stage 2 as SL0 (and SL2) encode it; it means another level for each granule (Arm ARM D8.2.2, G5.5.6). */
final class StartLevels {
    private StartLevels() {}

    /** The level, or Integer.MIN_VALUE if the encoding is reserved. */
    static int of(TranslationControl control, Granule granule, boolean large) {
        int field = control.startLevelField();
        if (control.layout().aarch32()) {
            return field <= 1 ? 2 - field : Integer.MIN_VALUE;
        }
        return switch (granule) {
            case K4 -> {
                if (large && control.extraStartLevel()) {
                    yield field == 0 ? -1 : Integer.MIN_VALUE;
                }
                yield field == 3 ? 3 : 2 - field;
            }
            case K16 -> field == 3 && !large ? Integer.MIN_VALUE : 3 - field;
            case K64 -> field == 3 ? Integer.MIN_VALUE : 3 - field;
        };
    }
}

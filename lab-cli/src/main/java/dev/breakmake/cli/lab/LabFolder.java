package dev.breakmake.cli.lab;

import java.nio.file.Path;
import java.util.Map;

/**
 * The lab's folder, outside the source tree.
 *
 * @param root the folder, whether it exists or not
 */
public record LabFolder(Path root) {

    /** The folder of this user: {@code BREAKMAKE_LAB_HOME}, else {@code $XDG_DATA_HOME/breakmake/lab}, else {@code ~/.local/share/breakmake/lab}. */
    public static LabFolder ofUser() {
        return of(System.getenv());
    }

    static LabFolder of(Map<String, String> environment) {
        String own = environment.getOrDefault("BREAKMAKE_LAB_HOME", "");
        if (!own.isEmpty()) {
            return new LabFolder(Path.of(own).toAbsolutePath());
        }
        String xdg = environment.getOrDefault("XDG_DATA_HOME", "");
        String user = environment.getOrDefault("HOME", System.getProperty("user.home"));
        return new LabFolder((xdg.isEmpty() ? Path.of(user, ".local", "share") : Path.of(xdg))
                .resolve("breakmake")
                .resolve("lab")
                .toAbsolutePath());
    }

    /** What the running lab says about itself. */
    public Path state() {
        return root.resolve("lab.json");
    }

    /** What the lab logs. */
    public Path log() {
        return root.resolve("lab.log");
    }

    /** The pid file of its database server; left behind by a lab that was killed. */
    public Path databasePid() {
        return root.resolve("data").resolve("postmaster.pid");
    }
}

package dev.breakmake.lab.runner.domain;

import dev.breakmake.lab.v1.Capabilities;

/**
 * Who a runner is and what it can do.
 *
 * @param id stable over restarts
 * @param softwareVersion version of this program
 */
public record RunnerIdentity(String id, String softwareVersion, Capabilities capabilities) {

    /** Resource name. */
    public String name() {
        return "runners/" + id;
    }
}

/**
 * Boot flows: the page-table life of a hypervisor's boot, written as Java against the same processing element that instructions
 * drive. Every operation fetches through the MMU at the flow's own PC, so a wrong identity map really faults. Flows know nothing of
 * rules or findings.
 */
@NullMarked
package dev.breakmake.engine.flow;

import org.jspecify.annotations.NullMarked;

/**
 * Import of the text traces of Casemate, a peer that checks one hypervisor's page-table management
 * (<a href="https://github.com/rems-project/casemate">rems-project/casemate</a>, version 3.0.2).
 */
@NullMarked
package dev.breakmake.translation.trace.casemate;

import org.jspecify.annotations.NullMarked;

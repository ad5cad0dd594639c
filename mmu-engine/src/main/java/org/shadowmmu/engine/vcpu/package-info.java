/** The state of a virtual CPU that the MMU depends on: registers, roles, roots, the MMIO cache. */
@NullMarked
package org.shadowmmu.engine.vcpu;

import org.jspecify.annotations.NullMarked;

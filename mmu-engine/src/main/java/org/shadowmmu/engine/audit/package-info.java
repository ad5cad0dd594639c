/** Named invariants, checked against the whole state of a virtual machine. */
@NullMarked
package org.shadowmmu.engine.audit;

import org.jspecify.annotations.NullMarked;

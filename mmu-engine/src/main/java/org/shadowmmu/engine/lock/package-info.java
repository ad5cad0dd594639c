/** The MMU lock: who holds it for how much work, and where the kernel may let it go. */
@NullMarked
package org.shadowmmu.engine.lock;

import org.jspecify.annotations.NullMarked;

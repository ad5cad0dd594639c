/** Finding or creating a shadow page, and linking it. */
@NullMarked
package org.shadowmmu.engine.lookup;

import org.jspecify.annotations.NullMarked;

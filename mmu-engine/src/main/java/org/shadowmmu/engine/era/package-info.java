/** Which kernel is simulated: its rule variants on one page. */
@NullMarked
package org.shadowmmu.engine.era;

import org.jspecify.annotations.NullMarked;

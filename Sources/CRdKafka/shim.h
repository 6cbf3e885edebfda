#ifndef ORRERY_CRDKAFKA_H
#define ORRERY_CRDKAFKA_H

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#endif

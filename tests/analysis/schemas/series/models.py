"""A time series: few sensors, many readings that come in all the time, and are read by time."""

from django.db import models


class Sensor(models.Model):
    code = models.CharField(max_length=20, unique=True)


class Reading(models.Model):
    sensor = models.ForeignKey(Sensor, on_delete=models.CASCADE, db_index=False)
    at = models.DateTimeField()
    value = models.FloatField()
    is_faulty = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["sensor", "-at"], name="series_reading_sensor_at_idx")]


class Alarm(models.Model):
    sensor = models.ForeignKey(Sensor, on_delete=models.CASCADE)
    raised_at = models.DateTimeField()
    payload = models.BinaryField()

import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findPythonPackage } from './support/fetched-packages.ts'
import { PASSWORD, startElkhorn, type RunningElkhorn } from './support/start-elkhorn.ts'

/** A tour by Eclipse Paho for Python, which many devices and gateways use. */
const PYTHONPATH = await findPythonPackage('paho.mqtt.client', 'paho-mqtt', '2.1.0')
if (PYTHONPATH === undefined) process.stderr.write('skipped: paho-mqtt for Python could not be had\n')

const TOUR = `
import sys, threading
import paho.mqtt.client as mqtt
from paho.mqtt.properties import Properties
from paho.mqtt.packettypes import PacketTypes
port, password, level = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
v5 = level == 5
topic = 'tour/%d' % level
done = threading.Event()

def make(name, will=None):
    keep = {} if v5 else {'clean_session': False}
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id=name, protocol=level, **keep)
    client.username_pw_set('elastic', password)
    if will: client.will_set(will, 'gone', qos=1)
    return client

def connect(client, clean=False):
    options = {}
    if v5:
        properties = Properties(PacketTypes.CONNECT)
        properties.SessionExpiryInterval = 3600
        options = {'properties': properties, 'clean_start': clean}
    connected = threading.Event()
    client.on_connect = lambda c, u, flags, reason, props: (print('connected', reason, 'session', flags.session_present), connected.set())
    client.connect('127.0.0.1', port, **options)
    client.loop_start()
    assert connected.wait(60)

reader = make('reader-%d' % level)
got = []
def on_message(client, userdata, message):
    extra = ''
    if v5 and hasattr(message.properties, 'UserProperty'): extra = ' ' + str(message.properties.UserProperty)
    got.append('%s %s qos%d%s%s' % (message.topic, message.payload.decode(), message.qos, ' retain' if message.retain else '', extra))
    if len(got) in (3, 4, 5): done.set()
reader.on_message = on_message
connect(reader, clean=True)
subscribed = threading.Event()
reader.on_subscribe = lambda c, u, mid, reasons, props: (print('subscribed', [r.value for r in reasons]), subscribed.set())
reader.subscribe([(topic + '/#', 2)])
assert subscribed.wait(60)

writer = make('writer-%d' % level, will=topic + '/will')
connect(writer, clean=True)
for qos in (0, 1, 2):
    options = {}
    if v5 and qos == 1:
        properties = Properties(PacketTypes.PUBLISH)
        properties.UserProperty = ('unit', 'C')
        options = {'properties': properties}
    info = writer.publish(topic + '/up', 'q%d' % qos, qos=qos, **options)
    info.wait_for_publish(60)
    assert info.is_published()
assert done.wait(60)
done.clear()
reader.disconnect(); reader.loop_stop()
writer.publish(topic + '/up', 'while away', qos=1, retain=True).wait_for_publish(60)
connect(reader)
assert done.wait(60)
done.clear()
writer._sock.close()
writer.loop_stop()
assert done.wait(60)
print('\\n'.join(got))
`

let folder: string
let elkhorn: RunningElkhorn
beforeAll(async () => {
  if (PYTHONPATH === undefined) return
  folder = await mkdtemp(join(tmpdir(), 'elkhorn-paho-'))
  elkhorn = await startElkhorn(folder, ['--no-sample'])
})
afterAll(async () => {
  if (PYTHONPATH === undefined) return
  await elkhorn.stop()
  await rm(folder, { recursive: true, force: true })
})

test.skipIf(PYTHONPATH === undefined).each([
  { level: 4, properties: '' },
  { level: 5, properties: " [('unit', 'C')]" },
])('protocol level $level: every QoS, a session that waits, a retained message, a will', async ({ level, properties }) => {
  const child = spawn('python3', ['-c', TOUR, String(elkhorn.ports['mqtt']), PASSWORD, String(level)], {
    env: { ...process.env, ...(PYTHONPATH !== '' && { PYTHONPATH }) },
  })
  const [out, errors] = await Promise.all([text(child.stdout), text(child.stderr)])
  expect(errors).toBe('')
  expect(out.trim().split('\n')).toEqual(
    [
      'connected Success session False',
      'subscribed [2]',
      'connected Success session False',
      `tour/${level}/up q0 qos0`,
      `tour/${level}/up q1 qos1${properties}`,
      `tour/${level}/up q2 qos2`,
      `tour/${level}/up while away qos1`,
      `tour/${level}/will gone qos1`,
    ].toSpliced(3, 0, 'connected Success session True'),
  )
})

import time


def test_it(town, run):
    async def go():
        v = town.visitor()
        t = time.time()
        await v.open("/")
        print(v.status, time.time() - t, v.html[:200])
        a, actor = await town.applicant()
        await a.open("/applications")
        print(a.status, a.path)
        print(list((await town.release()).service.examples))

    run(go())
